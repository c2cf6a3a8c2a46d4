#include "Rows.hpp"

#include "Kernels.hpp"
#include "Threads.hpp"

#include <algorithm>
#include <cstring>
#include <memory>

namespace cfaiss {

namespace {

/// A multiple of every kernel's block. Rows of 384 floats and their scores stay in the first cache.
constexpr size_t tile_rows = 24;
/// From here on, copying a tile to where its rows are aligned costs less than it saves.
constexpr int64_t queries_worth_a_copy = 8;
/// Queries of 384 floats that stay in the second cache.
constexpr int64_t queries_at_a_time = 512;
/// Multiplications below which another thread costs more than it does.
constexpr double worth_a_thread = 1 << 18;

/// What one thread needs.
struct Scanner {
    const Rows &rows;
    const Queries &queries;
    std::vector<const float *> query_pointers;
    std::vector<Best> best;
    std::vector<float> scores, copies;
    const float *pointers[tile_rows];
    int64_t numbers[tile_rows];
    size_t filled = 0;

    Scanner(const Rows &rows, const Queries &queries)
        : rows(rows), queries(queries), scores(size_t(queries.count) * tile_rows) {
        const size_t limit = size_t(std::min(queries.k, rows.count));
        for (int64_t q = 0; q < queries.count; q++) {
            query_pointers.push_back(queries.vectors + q * rows.dimensions);
            best.emplace_back(limit);
        }
        if (queries.count >= queries_worth_a_copy) {
            copies.resize(tile_rows * size_t(rows.dimensions));
        }
    }

    void add(int64_t row) {
        pointers[filled] = rows.row(row);
        if (!copies.empty()) {
            float *copy = copies.data() + filled * size_t(rows.dimensions);
            std::memcpy(copy, pointers[filled], rows.row_size());
            pointers[filled] = copy;
        }
        numbers[filled++] = row;
        if (filled == tile_rows) flush();
    }

    void flush() {
        if (filled == 0) return;
        kernels.inner_products(
            query_pointers.data(), query_pointers.size(), pointers, filled,
            size_t(rows.dimensions), scores.data(), tile_rows);
        for (size_t q = 0; q < best.size(); q++) {
            const float *found = scores.data() + q * tile_rows;
            for (size_t i = 0; i < filled; i++) {
                if (best[q].may_take(found[i])) best[q].offer({found[i], numbers[i]});
            }
        }
        filled = 0;
    }
};

void search_some(
    const Rows &rows, const Selection &selection, const Queries &queries, int threads) {
    const double work =
        double(selection.all() ? rows.count : selection.count) * rows.dimensions * queries.count;
    threads = int(std::max(1.0, std::min(double(threads), work / worth_a_thread)));
    // Small enough to share out evenly and to be in the second cache still once its checksum has been
    // checked, large enough for each taking to cost nothing.
    const int64_t chunk = 20 * tile_rows;
    std::vector<std::unique_ptr<Scanner>> scanners(static_cast<size_t>(threads));
    spread(threads, size_t((rows.count + chunk - 1) / chunk), [&](int thread, size_t part) {
        auto &scanner = scanners[size_t(thread)];
        if (!scanner) scanner = std::make_unique<Scanner>(rows, queries);
        const int64_t begin = int64_t(part) * chunk, end = std::min(begin + chunk, rows.count);
        if (selection.all()) rows.check(begin, end);
        selection.each(begin, end, [&](int64_t row) {
            if (!selection.all()) rows.check(row, row + 1);
            scanner->add(row);
        });
        scanner->flush();
    });
    for (int64_t q = 0; q < queries.count; q++) {
        Best best(size_t(std::min(queries.k, rows.count)));
        for (const auto &scanner : scanners) {
            if (scanner) best.merge(scanner->best[size_t(q)]);
        }
        best.write(size_t(queries.k), queries.rows + q * queries.k, queries.scores + q * queries.k);
    }
}

} // namespace

void search_exactly(
    const Rows &rows, const Selection &selection, const Queries &queries, int threads) {
    for (int64_t first = 0; first < queries.count; first += queries_at_a_time) {
        const int64_t count = std::min(queries_at_a_time, queries.count - first);
        search_some(rows, selection, queries.part(first, count, rows.dimensions), threads);
    }
}

} // namespace cfaiss
