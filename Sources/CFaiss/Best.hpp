// The best rows so far, in a total order, so that no partition of the work changes a result.
#pragma once

#include "Errors.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace cfaiss {

struct Neighbour {
    float score;
    int64_t row;
};

/// Whether `a` comes before `b` in a result: by higher score, then by lower row.
inline bool precedes(const Neighbour &a, const Neighbour &b) {
    return a.score != b.score ? a.score > b.score : a.row < b.row;
}

/// The first `limit` neighbours of those offered. O(log limit) an offer that is kept.
class Best {
public:
    explicit Best(size_t limit) : limit(limit) {}

    size_t size() const { return heap.size(); }
    bool full() const { return heap.size() >= limit; }
    /// The last of those kept; there is one.
    const Neighbour &worst() const { return heap.front(); }

    /// False for a score that is certainly too low. Written so that a NaN gets through to `offer`.
    bool may_take(float score) const { return !full() || !(score < worst().score); }

    /// Whether `may_take` holds for any of some scores, found without a branch for each.
    bool may_take_any(const float *scores, size_t count) const {
        if (!full()) return true;
        const float least = worst().score;
        int any = 0;
        for (size_t i = 0; i < count; i++) any |= !(scores[i] < least);
        return any != 0;
    }

    /// Throws a Failure when the score is not finite: the row has numbers that are not, since
    /// those of queries are checked before.
    void offer(Neighbour neighbour) {
        if (!std::isfinite(neighbour.score)) {
            throw malformed(
                "row " + std::to_string(neighbour.row) +
                " has numbers that are not finite or too large");
        }
        if (!full()) {
            heap.push_back(neighbour);
            std::push_heap(heap.begin(), heap.end(), precedes);
        } else if (precedes(neighbour, worst())) {
            std::pop_heap(heap.begin(), heap.end(), precedes);
            heap.back() = neighbour;
            std::push_heap(heap.begin(), heap.end(), precedes);
        }
    }

    /// Keeps what `other` has kept too.
    void merge(const Best &other) {
        for (const Neighbour &neighbour : other.heap) offer(neighbour);
    }

    /// Writes the first `k`, best first; where there are fewer, row -1 and score 0.
    void write(size_t k, int64_t *rows, float *scores) {
        std::sort(heap.begin(), heap.end(), precedes);
        for (size_t i = 0; i < k; i++) {
            rows[i] = i < heap.size() ? heap[i].row : -1;
            scores[i] = i < heap.size() ? heap[i].score : 0;
        }
        heap.clear();
    }

private:
    size_t limit;
    /// Heap with the worst in front.
    std::vector<Neighbour> heap;
};

} // namespace cfaiss
