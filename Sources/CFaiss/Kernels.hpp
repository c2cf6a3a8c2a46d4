// Distances between vectors of float32, for the processor that runs them.
#pragma once

#include <cstddef>

namespace cfaiss {

/// One set of functions for each set of instructions. Vectors need no alignment.
///
/// The products of two vectors are added in an order that depends on the width alone, so a pair has
/// the same inner product, to the last bit, whatever it is computed together with.
struct Kernels {
    /// scores[q * stride + r] = queries[q] · rows[r].
    void (*inner_products)(
        const float *const *queries, size_t query_count, const float *const *rows,
        size_t row_count, size_t dimensions, float *scores, size_t stride);
    /// x · y, with the bits of `inner_products`.
    float (*inner_product)(const float *x, const float *y, size_t dimensions);
    /// Σ (x - y)².
    float (*squared_distance)(const float *x, const float *y, size_t dimensions);
    /// products[r] = x · row r, of rows that lie one behind the other; with the bits of `inner_product`.
    void (*row_products)(
        const float *x, const float *rows, size_t row_count, size_t dimensions, float *products);
    /// distances[r] = Σ (x - row r)², likewise, with the bits of `squared_distance`.
    void (*row_distances)(
        const float *x, const float *rows, size_t row_count, size_t dimensions, float *distances);
    /// Σ |x - y|.
    float (*sum_of_differences)(const float *x, const float *y, size_t dimensions);
    /// max |x - y|.
    float (*largest_difference)(const float *x, const float *y, size_t dimensions);
    /// sum = x + factor · y; `sum` may be `x` or `y`.
    void (*add_scaled)(size_t dimensions, const float *x, float factor, const float *y, float *sum);
};

extern const Kernels baseline_kernels;
#if defined(__x86_64__)
extern const Kernels avx2_kernels, avx512_kernels;
#endif

/// The fastest that this processor has.
extern const Kernels &kernels;

} // namespace cfaiss
