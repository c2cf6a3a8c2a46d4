#include "Rows.hpp"

#include "Kernels.hpp"
#include "Threads.hpp"

#include <algorithm>
#include <cstring>
#include <memory>

namespace cfaiss {

namespace {

/// A multiple of every kernel's block. Rows of 384 floats and some queries stay in the first cache.
constexpr size_t tile_rows = 12;
/// From here on, copying a tile and the queries to where they are aligned costs less than it saves.
constexpr int64_t queries_worth_a_copy = 8;
/// Queries of 384 floats that stay in the second cache.
constexpr int64_t queries_at_a_time = 512;
/// Multiplications below which another thread costs more than it does.
constexpr double worth_a_thread = 1 << 18;

/// Places for rows that each begin with a cache line, so that no load of a whole line takes two.
class AlignedRows {
public:
    AlignedRows(size_t count, int32_t dimensions)
        : stride((size_t(dimensions) + line - 1) / line * line), storage(count * stride + line) {}

    float *operator[](size_t row) {
        void *first = storage.data();
        size_t space = storage.size() * sizeof(float);
        // One line more than the rows need is there, so a place is found.
        std::align(line * sizeof(float), sizeof(float), first, space);
        return static_cast<float *>(first) + row * stride;
    }

private:
    static constexpr size_t line = 64 / sizeof(float);
    size_t stride;
    std::vector<float> storage;
};

/// What one thread needs.
struct Scanner {
    const Rows &rows;
    const std::vector<const float *> &queries;
    std::vector<Best> best;
    std::vector<float> scores;
    AlignedRows copies;
    const float *pointers[tile_rows];
    int64_t numbers[tile_rows];
    size_t filled = 0;

    Scanner(const Rows &rows, const std::vector<const float *> &queries, size_t limit)
        : rows(rows), queries(queries), best(queries.size(), Best(limit)),
          scores(queries.size() * tile_rows),
          copies(queries.size() < size_t(queries_worth_a_copy) ? 0 : tile_rows, rows.dimensions) {}

    void add(int64_t row) {
        pointers[filled] = rows.row(row);
        if (queries.size() >= size_t(queries_worth_a_copy)) {
            std::memcpy(copies[filled], pointers[filled], rows.row_size());
            pointers[filled] = copies[filled];
        }
        numbers[filled++] = row;
        if (filled == tile_rows) flush();
    }

    void flush() {
        if (filled == 0) return;
        kernels.inner_products(
            queries.data(), queries.size(), pointers, filled,
            size_t(rows.dimensions), scores.data(), tile_rows);
        for (size_t q = 0; q < best.size(); q++) {
            const float *found = scores.data() + q * tile_rows;
            if (!best[q].may_take_any(found, filled)) continue;
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
    const int64_t chunk = 40 * tile_rows;
    const size_t limit = size_t(std::min(queries.k, rows.count));
    const bool copied = queries.count >= queries_worth_a_copy;
    AlignedRows copies(copied ? size_t(queries.count) : 0, rows.dimensions);
    std::vector<const float *> vectors;
    for (int64_t q = 0; q < queries.count; q++) {
        const float *query = queries.vectors + q * rows.dimensions;
        if (copied) std::memcpy(copies[size_t(q)], query, rows.row_size());
        vectors.push_back(copied ? copies[size_t(q)] : query);
    }
    std::vector<std::unique_ptr<Scanner>> scanners(static_cast<size_t>(threads));
    spread(threads, size_t((rows.count + chunk - 1) / chunk), [&](int thread, size_t part) {
        auto &scanner = scanners[size_t(thread)];
        if (!scanner) scanner = std::make_unique<Scanner>(rows, vectors, limit);
        const int64_t begin = int64_t(part) * chunk, end = std::min(begin + chunk, rows.count);
        if (selection.all()) rows.check(begin, end);
        selection.each(begin, end, [&](int64_t row) {
            if (!selection.all()) rows.check(row, row + 1);
            scanner->add(row);
        });
        scanner->flush();
    });
    for (int64_t q = 0; q < queries.count; q++) {
        Best best(limit);
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
