#include "Kernels.hpp"
#include "Searcher.hpp"
#include "Threads.hpp"

#include <algorithm>

namespace cfaiss {

namespace {

/// How many of the best rows a search follows: over 20,000 sentences, a graph of 32 neighbours finds
/// 98.9 % of the ten nearest with 64, and more than 99 % with this.
constexpr int32_t default_width = 96;

/// Rows that a scan scores in the time in which a graph's search scores one: they lie in order.
constexpr double scan_advantage = 3;
/// Rows that a search meets for each of the width that it follows.
constexpr double met_per_width = 25;

struct FlatScorer {
    const Rows &rows;
    const float *query;
    std::vector<const float *> pointers;

    void announce(int32_t row) const {
        const uint8_t *at = rows.floats + uint64_t(row) * rows.row_size();
        // The processor notices the direction by itself after some lines.
        const uint64_t ahead = std::min<uint64_t>(rows.row_size(), 512);
        for (uint64_t i = 0; i < ahead; i += 64) __builtin_prefetch(at + i);
    }

    void score(const int32_t *numbers, size_t count, float *scores) {
        pointers.resize(count);
        for (size_t i = 0; i < count; i++) {
            rows.check(numbers[i], numbers[i] + 1);
            pointers[i] = rows.row(numbers[i]);
        }
        kernels.inner_products(
            &query, 1, pointers.data(), count, size_t(rows.dimensions), scores, count);
    }
};

struct CodesScorer {
    std::unique_ptr<faiss::DistanceComputer> scorer;

    void announce(int32_t) const {}

    void score(const int32_t *numbers, size_t count, float *scores) {
        for (size_t i = 0; i < count; i++) scores[i] = (*scorer)(numbers[i]);
    }
};

/// Whether scoring every selected row costs less than passing through the graph, where a row that
/// is selected is met the more rarely the fewer there are.
bool scan_is_cheaper(int64_t selected, int64_t count, int64_t width) {
    const double share = double(selected) / double(count);
    return double(selected) * share <= scan_advantage * met_per_width * double(width);
}

} // namespace

GraphSearcher::GraphSearcher(Graph graph, std::unique_ptr<Searcher> rows)
    : graph(std::move(graph)), rows(std::move(rows)),
      flat(dynamic_cast<const FlatSearcher *>(this->rows.get())),
      codes(dynamic_cast<const CodesSearcher *>(this->rows.get())) {}

void GraphSearcher::search_one(
    const Queries &query, const Selection &selection, int64_t width, Visits &visits) const {
    Best best{size_t(width)};
    if (flat != nullptr) {
        FlatScorer scorer{flat->rows, query.vectors, {}};
        search_graph(graph, selection, scorer, visits, best);
    } else {
        CodesScorer scorer{
            std::unique_ptr<faiss::DistanceComputer>(codes->codes.get_distance_computer())};
        scorer.scorer->set_query(query.vectors);
        search_graph(graph, selection, scorer, visits, best);
    }
    const int64_t there = selection.all() ? graph.count : selection.count;
    if (int64_t(best.size()) < std::min(query.k, there)) {
        // Rows that no path leads to.
        rows->search(query, selection, {0, 0}, 1);
    } else {
        best.write(size_t(query.k), query.rows, query.scores);
    }
}

void GraphSearcher::search(
    const Queries &queries, const Selection &selection, Effort effort, int threads) const {
    const int64_t width = std::min(
        std::max<int64_t>(effort.width > 0 ? effort.width : default_width, queries.k),
        graph.count);
    if (!selection.all() && scan_is_cheaper(selection.count, graph.count, width)) {
        rows->search(queries, selection, effort, threads);
        return;
    }
    const int32_t dimensions = flat != nullptr ? flat->rows.dimensions : codes->codes.d;
    std::vector<std::unique_ptr<Visits>> visits(
        static_cast<size_t>(std::max(threads, 1)));
    spread(threads, size_t(queries.count), [&](int thread, size_t q) {
        auto &mine = visits[size_t(thread)];
        if (!mine) mine = pool.take(graph.count);
        search_one(queries.part(int64_t(q), 1, dimensions), selection, width, *mine);
    });
    for (auto &mine : visits) {
        if (mine) pool.give_back(std::move(mine));
    }
}

} // namespace cfaiss
