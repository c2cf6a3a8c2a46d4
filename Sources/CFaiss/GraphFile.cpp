#include "GraphFile.hpp"

#include "Errors.hpp"
#include "Kernels.hpp"
#include "Kinds.hpp"

#include <algorithm>
#include <cstring>

namespace cfaiss {

namespace {

/// Inner products of rows with each other.
class RowScorer : public faiss::DistanceComputer {
public:
    explicit RowScorer(const Rows &rows) : rows(rows) {}

    void set_query(const float *vector) override { query = vector; }
    float operator()(idx_t row) override { return product(query, rows.row(row)); }
    float symmetric_dis(idx_t a, idx_t b) override { return product(rows.row(a), rows.row(b)); }

private:
    float product(const float *a, const float *b) const {
        return kernels.inner_product(a, b, size_t(rows.dimensions));
    }

    const Rows &rows;
    const float *query = nullptr;
};

/// What FAISS takes for the index that holds a graph's rows. Adding to it is counting: the rows are
/// there already.
class RowsInPlace : public faiss::Index {
public:
    RowsInPlace(const Rows &rows, int64_t count)
        : faiss::Index(rows.dimensions, faiss::METRIC_INNER_PRODUCT), rows(rows) {
        ntotal = count;
    }

    void add(idx_t count, const float *) override { ntotal += count; }
    void reset() override { ntotal = 0; }
    void search(
        idx_t, const float *, idx_t, float *, idx_t *, const faiss::SearchParameters *) const override {
        throw Failure(CFAISS_LIBRARY, "rows are not searched while their graph is built");
    }
    faiss::DistanceComputer *get_distance_computer() const override { return new RowScorer(rows); }

private:
    const Rows &rows;
};

/// Lends a graph other rows than its own.
class Loan {
public:
    Loan(faiss::IndexHNSW &graph, faiss::Index &rows) : graph(graph), own(graph.storage) {
        graph.storage = &rows;
    }
    ~Loan() { graph.storage = own; }
    Loan(const Loan &) = delete;
    Loan &operator=(const Loan &) = delete;

private:
    faiss::IndexHNSW &graph;
    faiss::Index *const own;
};

/// A graph whose rows are said to be none.
std::unique_ptr<faiss::Index> read_without_rows(const Contents &contents, uint64_t rows, int32_t dimensions) {
    const auto none = flat_header(dimensions, 0);
    return read_index({{contents.bytes(), rows - none.size()}, {none.data(), none.size()}});
}

} // namespace

void write_graph(
    const Rows &rows, const std::string &factory, const Contents *former, uint64_t former_rows,
    FileWriter &file) {
    Training training;
    const auto index = former != nullptr ? read_without_rows(*former, former_rows, rows.dimensions)
                                         : make_index(rows.dimensions, factory, training);
    auto *const graph = dynamic_cast<faiss::IndexHNSWFlat *>(index.get());
    if (graph == nullptr) {
        throw invalid("the kind of index '" + factory + "' is not a graph over rows as they are");
    }
    if (graph->d != rows.dimensions) {
        throw invalid(
            "the graph has " + std::to_string(graph->d) + " dimensions and the rows " +
            std::to_string(rows.dimensions));
    }
    if (rows.count > INT32_MAX) throw invalid("a graph cannot have more than 2147483647 rows");
    if (rows.count < graph->ntotal) throw invalid("the graph has more rows than there are");
    {
        RowsInPlace storage(rows, graph->ntotal);
        const Loan loan(*graph, storage);
        // All at once, as FAISS locks each row of a graph for each call.
        graph->add(rows.count - graph->ntotal, rows.row(graph->ntotal));
    }
    // The graph has its own rows again, of which there are none; they come last.
    write_index(*graph, file, flat_header(rows.dimensions, 0).size());
    const auto header = flat_header(rows.dimensions, rows.count);
    file.write(header.data(), header.size());
    file.write(rows.floats, uint64_t(rows.count) * rows.row_size());
}

} // namespace cfaiss
