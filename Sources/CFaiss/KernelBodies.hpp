// The kernels, for vectors of LANES floats and blocks of QUERIES x ROWS pairs. Each source file that
// includes this compiles it for other instructions, hence the unnamed namespace and no other header.

namespace {

typedef float Vector __attribute__((vector_size(LANES * sizeof(float))));

inline Vector load(const float *from) {
    Vector vector;
    __builtin_memcpy(&vector, from, sizeof vector);
    return vector;
}

/// `count` floats, fewer than LANES, and zeros.
inline Vector load_part(const float *from, size_t count) {
    float lanes[LANES] = {};
    for (size_t i = 0; i < count; i++) lanes[i] = from[i];
    return load(lanes);
}

typedef float Four __attribute__((vector_size(16)));

inline float sum(Four v) {
    const Four two = v + __builtin_shufflevector(v, v, 2, 3, 2, 3);
    return two[0] + two[1];
}

#if LANES >= 8
typedef float Eight __attribute__((vector_size(32)));

inline float sum(Eight v) {
    return sum(__builtin_shufflevector(v, v, 0, 1, 2, 3) +
               __builtin_shufflevector(v, v, 4, 5, 6, 7));
}
#endif

#if LANES >= 16
inline float sum(Vector v) {
    return sum(__builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7) +
               __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15));
}
#endif

/// sums[r] = sum(v[r]).
template <int R>
inline void sum_each(const Vector *v, float *sums) {
#pragma clang loop unroll(full)
    for (int r = 0; r < R; r++) sums[r] = sum(v[r]);
}

#if LANES >= 16
/// The additions of `sum`, for four vectors at once: a third of the instructions.
template <>
inline void sum_each<4>(const Vector *v, float *sums) {
    const auto halves = [](Vector a, Vector b) __attribute__((always_inline)) {
        return __builtin_shufflevector(
                   a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23) +
               __builtin_shufflevector(
                   a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    };
    const Vector a = halves(v[0], v[1]), b = halves(v[2], v[3]);
    const Vector four =
        __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27) +
        __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
    const Vector two = four + __builtin_shufflevector(
                                  four, four, 2, 3, 2, 3, 6, 7, 6, 7, 10, 11, 10, 11, 14, 15, 14, 15);
    const Vector one = two + __builtin_shufflevector(
                                 two, two, 1, 1, 1, 1, 5, 5, 5, 5, 9, 9, 9, 9, 13, 13, 13, 13);
    const Four result = __builtin_shufflevector(one, one, 0, 4, 8, 12);
    __builtin_memcpy(sums, &result, sizeof result);
}
#endif

/// Folds two vectors into one: `step` adds a pair of vectors to a sum. Two sums take turns, which
/// hides the latency of the additions.
template <typename Step>
inline float fold(const float *x, const float *y, size_t dimensions, Step step) {
    Vector even = {}, odd = {};
    size_t i = 0;
    for (; i + 2 * LANES <= dimensions; i += 2 * LANES) {
        even = step(even, load(x + i), load(y + i));
        odd = step(odd, load(x + i + LANES), load(y + i + LANES));
    }
    if (i + LANES <= dimensions) {
        even = step(even, load(x + i), load(y + i));
        i += LANES;
    }
    if (i < dimensions) {
        odd = step(odd, load_part(x + i, dimensions - i), load_part(y + i, dimensions - i));
    }
    return sum(even + odd);
}

/// Folds a vector and each of several rows, with the bits of `fold`. Rows of 4 or 8 numbers, as those of
/// product quantizers are, take one vector of just that length.
template <typename Short, typename Step>
inline void fold_short_rows(const float *x, const float *rows, size_t row_count, float *results, Step step) {
    Short own, row;
    __builtin_memcpy(&own, x, sizeof own);
    for (size_t r = 0; r < row_count; r++) {
        __builtin_memcpy(&row, rows + r * (sizeof row / sizeof(float)), sizeof row);
        results[r] = sum(step(Short{}, own, row));
    }
}

template <typename Step>
inline void fold_rows(
    const float *x, const float *rows, size_t row_count, size_t dimensions, float *results, Step step) {
    if (dimensions == 4) return fold_short_rows<Four>(x, rows, row_count, results, step);
#if LANES >= 8
    if (dimensions == 8) return fold_short_rows<Eight>(x, rows, row_count, results, step);
#endif
    for (size_t r = 0; r < row_count; r++) results[r] = fold(x, rows + r * dimensions, dimensions, step);
}

struct AddProduct {
    template <typename V> V operator()(V total, V x, V y) const { return total + x * y; }
};

struct AddSquare {
    template <typename V> V operator()(V total, V x, V y) const { return total + (x - y) * (x - y); }
};

/// The same sums in the same order as `fold` with `AddProduct`, for each of Q x R pairs.
template <int Q, int R>
inline void block(
    const float *const *queries, const float *const *rows, size_t dimensions, float *scores,
    size_t stride) {
    Vector even[Q][R] = {}, odd[Q][R] = {};
    const auto step = [&](Vector(&sums)[Q][R], auto at) __attribute__((always_inline)) {
        Vector row[R];
#pragma clang loop unroll(full)
        for (int r = 0; r < R; r++) row[r] = at(rows[r]);
#pragma clang loop unroll(full)
        for (int q = 0; q < Q; q++) {
            const Vector query = at(queries[q]);
#pragma clang loop unroll(full)
            for (int r = 0; r < R; r++) sums[q][r] = AddProduct()(sums[q][r], query, row[r]);
        }
    };
    size_t i = 0;
    for (; i + 2 * LANES <= dimensions; i += 2 * LANES) {
        step(even, [&](const float *from) { return load(from + i); });
        step(odd, [&](const float *from) { return load(from + i + LANES); });
    }
    if (i + LANES <= dimensions) {
        step(even, [&](const float *from) { return load(from + i); });
        i += LANES;
    }
    if (i < dimensions) {
        step(odd, [&](const float *from) { return load_part(from + i, dimensions - i); });
    }
#pragma clang loop unroll(full)
    for (int q = 0; q < Q; q++) {
        Vector both[R];
#pragma clang loop unroll(full)
        for (int r = 0; r < R; r++) both[r] = even[q][r] + odd[q][r];
        sum_each<R>(both, scores + q * stride);
    }
}

template <int Q>
inline void blocks(
    const float *const *queries, const float *const *rows, size_t row_count, size_t dimensions,
    float *scores, size_t stride) {
    size_t r = 0;
    for (; r + ROWS <= row_count; r += ROWS) {
        block<Q, ROWS>(queries, rows + r, dimensions, scores + r, stride);
    }
    for (; r < row_count; r++) block<Q, 1>(queries, rows + r, dimensions, scores + r, stride);
}

void inner_products(
    const float *const *queries, size_t query_count, const float *const *rows, size_t row_count,
    size_t dimensions, float *scores, size_t stride) {
    size_t q = 0;
    for (; q + QUERIES <= query_count; q += QUERIES) {
        blocks<QUERIES>(queries + q, rows, row_count, dimensions, scores + q * stride, stride);
    }
    for (; q < query_count; q++) {
        blocks<1>(queries + q, rows, row_count, dimensions, scores + q * stride, stride);
    }
}

float inner_product(const float *x, const float *y, size_t dimensions) {
    return fold(x, y, dimensions, AddProduct());
}

float squared_distance(const float *x, const float *y, size_t dimensions) {
    return fold(x, y, dimensions, AddSquare());
}

void row_products(
    const float *x, const float *rows, size_t row_count, size_t dimensions, float *products) {
    fold_rows(x, rows, row_count, dimensions, products, AddProduct());
}

void row_distances(
    const float *x, const float *rows, size_t row_count, size_t dimensions, float *distances) {
    fold_rows(x, rows, row_count, dimensions, distances, AddSquare());
}

float sum_of_differences(const float *x, const float *y, size_t dimensions) {
    float total = 0;
    for (size_t i = 0; i < dimensions; i++) total += __builtin_fabsf(x[i] - y[i]);
    return total;
}

float largest_difference(const float *x, const float *y, size_t dimensions) {
    float largest = 0;
    for (size_t i = 0; i < dimensions; i++) {
        const float difference = __builtin_fabsf(x[i] - y[i]);
        largest = difference > largest ? difference : largest;
    }
    return largest;
}

void add_scaled(size_t dimensions, const float *x, float factor, const float *y, float *sum) {
    for (size_t i = 0; i < dimensions; i++) sum[i] = x[i] + factor * y[i];
}

} // namespace

#define KERNELS                                                                                     \
    {                                                                                               \
        inner_products, inner_product, squared_distance, row_products, row_distances,               \
            sum_of_differences, largest_difference, add_scaled                                      \
    }
