#include "Searcher.hpp"

#include "Threads.hpp"

#include <cstring>

namespace cfaiss {

namespace {

template <typename Value>
const uint8_t *bytes(const std::vector<Value> &values) {
    return reinterpret_cast<const uint8_t *>(values.data());
}

Graph view(const faiss::HNSW &hnsw) {
    Graph graph;
    graph.offsets = bytes(hnsw.offsets);
    graph.neighbours = bytes(hnsw.neighbors);
    graph.neighbour_count = hnsw.neighbors.size();
    graph.level_starts = hnsw.cum_nneighbor_per_level;
    graph.count = int64_t(hnsw.levels.size());
    graph.entry_point = hnsw.entry_point;
    graph.max_level = hnsw.max_level;
    return graph;
}

} // namespace

std::unique_ptr<Searcher> make_searcher(const faiss::Index &index) {
    if (auto *flat = dynamic_cast<const faiss::IndexFlat *>(&index)) {
        Rows rows;
        rows.floats = flat->codes.data();
        rows.count = flat->ntotal;
        rows.dimensions = flat->d;
        return std::make_unique<FlatSearcher>(rows);
    }
    if (auto *graph = dynamic_cast<const faiss::IndexHNSW *>(&index)) {
        return std::make_unique<GraphSearcher>(view(graph->hnsw), make_searcher(*graph->storage));
    }
    if (auto *lists = dynamic_cast<const faiss::IndexIVF *>(&index)) {
        return std::make_unique<ListsSearcher>(*lists);
    }
    if (auto *codes = dynamic_cast<const faiss::IndexFlatCodes *>(&index)) {
        return std::make_unique<CodesSearcher>(*codes);
    }
    if (auto *transformed = dynamic_cast<const faiss::IndexPreTransform *>(&index)) {
        return std::make_unique<TransformSearcher>(*transformed);
    }
    throw Failure(CFAISS_LIBRARY, "FAISS made an index of an unknown kind");
}

void FlatSearcher::search(
    const Queries &queries, const Selection &selection, Effort, int threads) const {
    search_exactly(rows, selection, queries, threads);
}

void CodesSearcher::search(
    const Queries &queries, const Selection &selection, Effort, int threads) const {
    const int64_t chunk = 4096;
    const size_t chunks = size_t((codes.ntotal + chunk - 1) / chunk);
    const size_t limit = size_t(std::min(queries.k, int64_t(codes.ntotal)));
    for (int64_t q = 0; q < queries.count; q++) {
        const float *query = queries.vectors + q * codes.d;
        std::vector<Best> best(size_t(std::max(threads, 1)), Best(limit));
        std::vector<std::unique_ptr<faiss::DistanceComputer>> scorers(best.size());
        spread(threads, chunks, [&](int thread, size_t part) {
            auto &scorer = scorers[size_t(thread)];
            if (!scorer) {
                scorer.reset(codes.get_distance_computer());
                scorer->set_query(query);
            }
            Best &found = best[size_t(thread)];
            const int64_t begin = int64_t(part) * chunk;
            const int64_t end = std::min(begin + chunk, int64_t(codes.ntotal));
            selection.each(begin, end, [&](int64_t row) {
                const float score = (*scorer)(row);
                if (found.may_take(score)) found.offer({score, row});
            });
        });
        for (size_t i = 1; i < best.size(); i++) best[0].merge(best[i]);
        best[0].write(size_t(queries.k), queries.rows + q * queries.k, queries.scores + q * queries.k);
    }
}

TransformSearcher::TransformSearcher(const faiss::IndexPreTransform &index)
    : index(index), inner(make_searcher(*index.index)) {}

void TransformSearcher::search(
    const Queries &queries, const Selection &selection, Effort effort, int threads) const {
    // One query at a time, and on one thread: products of matrices are rounded by their shape.
    omp_set_num_threads(1);
    const size_t width = size_t(index.index->d);
    std::vector<float> transformed(size_t(queries.count) * width);
    for (int64_t q = 0; q < queries.count; q++) {
        const float *query = queries.vectors + q * index.d;
        const float *result = index.apply_chain(1, query);
        std::memcpy(transformed.data() + size_t(q) * width, result, width * sizeof(float));
        if (result != query) delete[] result;
    }
    Queries moved = queries;
    moved.vectors = transformed.data();
    inner->search(moved, selection, effort, threads);
}

} // namespace cfaiss
