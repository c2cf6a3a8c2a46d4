// One search for each kind of index.
#pragma once

#include "Faiss.hpp"
#include "Graph.hpp"
#include "Rows.hpp"

#include <memory>

namespace cfaiss {

/// How thoroughly to search; 0 for the kind's default.
struct Effort {
    int32_t width;
    int32_t lists;
};

/// Finds rows of an index that lives longer and does not change. Safe on many threads at once.
class Searcher {
public:
    virtual ~Searcher() = default;

    /// Fills in the results of `queries`, ordered as `precedes` says. A selection with at least k
    /// rows gives k results, another all its rows.
    virtual void search(
        const Queries &queries, const Selection &selection, Effort effort, int threads) const = 0;
};

/// For rows as they are.
class FlatSearcher : public Searcher {
public:
    explicit FlatSearcher(Rows rows) : rows(rows) {}
    void search(const Queries &, const Selection &, Effort, int threads) const override;

    const Rows rows;
};

/// Rows of codes, one after another.
class CodesSearcher : public Searcher {
public:
    explicit CodesSearcher(const faiss::IndexFlatCodes &codes) : codes(codes) {}
    void search(const Queries &, const Selection &, Effort, int threads) const override;

    const faiss::IndexFlatCodes &codes;
};

/// A graph over the rows of another searcher, of one of the two kinds above.
class GraphSearcher : public Searcher {
public:
    GraphSearcher(Graph graph, std::unique_ptr<Searcher> rows);
    void search(const Queries &, const Selection &, Effort, int threads) const override;

private:
    void search_one(const Queries &, const Selection &, int64_t width, Visits &) const;

    Graph graph;
    std::unique_ptr<Searcher> rows;
    /// `rows` as what it is; one of them is null.
    const FlatSearcher *flat;
    const CodesSearcher *codes;
    mutable VisitsPool pool;
};

/// Lists of codes around centres.
class ListsSearcher : public Searcher {
public:
    explicit ListsSearcher(const faiss::IndexIVF &lists);
    void search(const Queries &, const Selection &, Effort, int threads) const override;

private:
    void search_lists(
        const Queries &, const Selection &, int64_t list_count, int threads) const;

    const faiss::IndexIVF &lists;
    std::unique_ptr<Searcher> centres;
};

/// An index of transformed vectors.
class TransformSearcher : public Searcher {
public:
    explicit TransformSearcher(const faiss::IndexPreTransform &index);
    void search(const Queries &, const Selection &, Effort, int threads) const override;

private:
    const faiss::IndexPreTransform &index;
    std::unique_ptr<Searcher> inner;
};

/// The one for an index in memory.
std::unique_ptr<Searcher> make_searcher(const faiss::Index &index);

} // namespace cfaiss
