// Vectors of float32 that are searched exactly.
#pragma once

#include "Best.hpp"
#include "Selection.hpp"
#include "Trailer.hpp"

#include <cstdint>
#include <vector>

namespace cfaiss {

/// `count` rows of `dimensions` floats one after another, at any alignment, owned by someone else.
struct Rows {
    const uint8_t *floats = nullptr;
    int64_t count = 0;
    int32_t dimensions = 0;
    /// Where rows lie in a file that is checked as it is read: the file and the place of row 0.
    const Contents *contents = nullptr;
    uint64_t offset = 0;

    uint64_t row_size() const { return uint64_t(dimensions) * sizeof(float); }

    /// Only for the kernels, which need no alignment.
    const float *row(int64_t row) const {
        return reinterpret_cast<const float *>(floats + uint64_t(row) * row_size());
    }

    void check(int64_t begin, int64_t end) const {
        if (contents == nullptr) return;
        contents->check(offset + uint64_t(begin) * row_size(), offset + uint64_t(end) * row_size());
    }
};

/// Queries, count x dimensions, and where their results go, count x k.
struct Queries {
    int64_t count;
    const float *vectors;
    int64_t k;
    int64_t *rows;
    float *scores;

    /// `count` of these from `first` on, for vectors of a width.
    Queries part(int64_t first, int64_t count, int32_t dimensions) const {
        return {count, vectors + first * dimensions, k, rows + first * k, scores + first * k};
    }
};

/// Scores every selected row for every query: exact, in the order of `precedes`, the same whatever
/// the number of threads. O(queries x selected rows x dimensions).
void search_exactly(
    const Rows &rows, const Selection &selection, const Queries &queries, int threads);

} // namespace cfaiss
