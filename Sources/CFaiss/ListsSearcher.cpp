#include "Searcher.hpp"
#include "Threads.hpp"

#include <algorithm>

namespace cfaiss {

namespace {

/// Lists to search where none are asked for: an eighth of them, but at least so many.
constexpr int64_t least_lists = 16;

/// Where fewer rows than this share are selected, all lists are searched: only selected rows are
/// scored, and the nearest of few lie far apart.
constexpr int64_t sparse_share = 16;

} // namespace

ListsSearcher::ListsSearcher(const faiss::IndexIVF &lists)
    : lists(lists), centres(make_searcher(*lists.quantizer)) {}

void ListsSearcher::search_lists(
    const Queries &queries, const Selection &selection, int64_t list_count, int threads) const {
    std::vector<int64_t> numbers(size_t(queries.count * list_count));
    std::vector<float> scores(numbers.size());
    const Queries to_centres{
        queries.count, queries.vectors, list_count, numbers.data(), scores.data()};
    centres->search(to_centres, {}, {int32_t(std::max<int64_t>(2 * list_count, 64)), 0}, threads);

    const size_t limit = size_t(std::min(queries.k, int64_t(lists.ntotal)));
    const auto scan = [&](faiss::InvertedListScanner &scanner, size_t place, Best &best) {
        const int64_t number = numbers[place];
        if (number < 0) return;
        scanner.set_list(number, scores[place]);
        const size_t size = lists.invlists->list_size(size_t(number));
        const uint8_t *code = lists.invlists->get_codes(size_t(number));
        const int64_t *rows = lists.invlists->get_ids(size_t(number));
        for (size_t i = 0; i < size; i++, code += lists.code_size) {
            if (!selection.contains(rows[i])) continue;
            const float score = scanner.distance_to_code(code);
            if (best.may_take(score)) best.offer({score, rows[i]});
        }
    };
    const auto prepared = [&](int64_t q) {
        std::unique_ptr<faiss::InvertedListScanner> scanner(lists.get_InvertedListScanner());
        scanner->set_query(queries.vectors + q * lists.d);
        return scanner;
    };
    const auto finish = [&](int64_t q, Best &best) {
        best.write(
            size_t(queries.k), queries.rows + q * queries.k, queries.scores + q * queries.k);
    };
    if (queries.count >= threads) {
        spread(threads, size_t(queries.count), [&](int, size_t q) {
            const auto scanner = prepared(int64_t(q));
            Best best(limit);
            for (size_t i = 0; i < size_t(list_count); i++) {
                scan(*scanner, q * size_t(list_count) + i, best);
            }
            finish(int64_t(q), best);
        });
        return;
    }
    for (int64_t q = 0; q < queries.count; q++) {
        std::vector<Best> best(static_cast<size_t>(threads), Best(limit));
        std::vector<std::unique_ptr<faiss::InvertedListScanner>> scanners(best.size());
        spread(threads, size_t(list_count), [&](int thread, size_t i) {
            auto &scanner = scanners[size_t(thread)];
            if (!scanner) scanner = prepared(q);
            scan(*scanner, size_t(q * list_count) + i, best[size_t(thread)]);
        });
        for (size_t i = 1; i < best.size(); i++) best[0].merge(best[i]);
        finish(q, best[0]);
    }
}

void ListsSearcher::search(
    const Queries &queries, const Selection &selection, Effort effort, int threads) const {
    const int64_t all = int64_t(lists.nlist);
    int64_t list_count = effort.lists > 0 ? effort.lists : std::max(least_lists, (all + 7) / 8);
    const int64_t selected = selection.all() ? lists.ntotal : selection.count;
    if (selected <= lists.ntotal / sparse_share) list_count = all;
    list_count = std::min(list_count, all);
    search_lists(queries, selection, list_count, threads);
    // Each query by itself, so that its results do not depend on others.
    const int64_t wanted = std::min(queries.k, selected);
    for (int64_t q = 0; q < queries.count && wanted > 0; q++) {
        for (int64_t more = list_count;
             more < all && queries.rows[q * queries.k + wanted - 1] < 0;) {
            more = std::min(2 * more, all);
            search_lists(queries.part(q, 1, lists.d), selection, more, threads);
        }
    }
}

} // namespace cfaiss
