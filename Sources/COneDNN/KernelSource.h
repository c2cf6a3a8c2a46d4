// The kernels, written once with clang's vector extension. The file that includes this defines
//   KERNELS   the name of its table
//   WIDTH     floats a vector
//   ROWS      queries that attention handles at a time: as many as the registers hold
//   FUSED     1 where the instruction set has fused multiply-add
// and sets the target for all functions between the two headers and here.
//
// Every sum runs in an order that depends on the row's own length alone, never on its neighbours.

namespace {

typedef float Vector __attribute__((vector_size(WIDTH * 4)));
typedef int32_t Integers __attribute__((vector_size(WIDTH * 4)));
typedef uint32_t Bits __attribute__((vector_size(WIDTH * 4)));
typedef uint16_t Halves __attribute__((vector_size(WIDTH * 2)));

inline Vector load(const float *p) {
    Vector v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}

inline Vector load(const float *p, int64_t n) {
    Vector v = {};
    __builtin_memcpy(&v, p, n * sizeof(float));
    return v;
}

inline void store(float *p, Vector v) { __builtin_memcpy(p, &v, sizeof v); }

inline Vector all(float x) { return x - Vector{}; }

inline Vector multiply_add(Vector a, Vector b, Vector c) {
#if FUSED
    return __builtin_elementwise_fma(a, b, c);
#else
    return a * b + c;
#endif
}

inline Vector maximum(Vector a, Vector b) { return a > b ? a : b; }

inline float sum(Vector v) {
    float lanes[WIDTH];
    store(lanes, v);
    for (int half = WIDTH / 2; half > 0; half /= 2)
        for (int i = 0; i < half; i++) lanes[i] += lanes[i + half];
    return lanes[0];
}

inline float maximum(Vector v) {
    float lanes[WIDTH];
    store(lanes, v);
    for (int half = WIDTH / 2; half > 0; half /= 2)
        for (int i = 0; i < half; i++)
            lanes[i] = lanes[i] > lanes[i + half] ? lanes[i] : lanes[i + half];
    return lanes[0];
}

// e^x for x ≤ 0, relative error below 2e-7; 0 below -87.
inline Vector exponential(Vector x) {
    const float magic = 12582912.0f;  // 1.5 · 2^23: adding it rounds to an integer
    Vector shifted = multiply_add(x, all(1.44269504f), all(magic));
    Vector n = shifted - magic;
    Vector r = multiply_add(n, all(-0.693359375f), x);
    r = multiply_add(n, all(2.12194440e-4f), r);
    Vector p = all(1.9875691500e-4f);
    p = multiply_add(p, r, all(1.3981999507e-3f));
    p = multiply_add(p, r, all(8.3334519073e-3f));
    p = multiply_add(p, r, all(4.1665795894e-2f));
    p = multiply_add(p, r, all(1.6666665459e-1f));
    p = multiply_add(p, r, all(5.0000001201e-1f));
    p = multiply_add(p, r * r, r + 1.0f);
    Integers power = (((Integers)shifted) << 23) + (Integers)p;
    return x < -87.0f ? Vector{} : (Vector)power;
}

// Nearest even, as the processor's own conversion; NaN stays NaN.
inline void store_bf16(uint16_t *p, Vector v) {
    Bits bits = (Bits)v;
    Bits rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
    rounded = v == v ? rounded : Bits{} + 0x7FC0;
    Halves halves = __builtin_convertvector(rounded, Halves);
    __builtin_memcpy(p, &halves, sizeof halves);
}

inline uint16_t bf16(float x) {
    uint16_t lanes[WIDTH];
    store_bf16(lanes, all(x));
    return lanes[0];
}

void layer_norm(
    const kernels::LayerNorm &norm, const float *a, const float *b, const float *c, float *y,
    uint16_t *y_bf16) {
    const int64_t h = norm.h, whole = h / WIDTH * WIDTH;
    // y holds the sum of the inputs, then the result.
    Vector total = {};
    float rest = 0;
    for (int64_t i = 0; i < whole; i += WIDTH) {
        Vector x = load(a + i);
        if (b) x += load(b + i);
        if (c) x += load(c + i);
        total += x;
        store(y + i, x);
    }
    for (int64_t i = whole; i < h; i++) {
        y[i] = a[i] + (b ? b[i] : 0) + (c ? c[i] : 0);
        rest += y[i];
    }
    const float mean = (sum(total) + rest) / h;
    Vector squares = {};
    rest = 0;
    for (int64_t i = 0; i < whole; i += WIDTH) {
        Vector x = load(y + i) - mean;
        squares = multiply_add(x, x, squares);
    }
    for (int64_t i = whole; i < h; i++) rest += (y[i] - mean) * (y[i] - mean);
    const float scale = 1 / __builtin_sqrtf((sum(squares) + rest) / h + norm.epsilon);
    for (int64_t i = 0; i < whole; i += WIDTH) {
        Vector x = multiply_add(
            (load(y + i) - mean) * scale, load(norm.gamma + i), load(norm.beta + i));
        store(y + i, x);
        if (y_bf16) store_bf16(y_bf16 + i, x);
    }
    for (int64_t i = whole; i < h; i++) {
        y[i] = (y[i] - mean) * scale * norm.gamma[i] + norm.beta[i];
        if (y_bf16) y_bf16[i] = bf16(y[i]);
    }
}

inline int64_t padded(int64_t n) { return (n + WIDTH - 1) / WIDTH * WIDTH; }

inline Vector interleave_low(Vector a, Vector b) {
#if WIDTH == 16
    return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
#elif WIDTH == 8
    return __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
#else
    return __builtin_shufflevector(a, b, 0, 4, 1, 5);
#endif
}

inline Vector interleave_high(Vector a, Vector b) {
#if WIDTH == 16
    return __builtin_shufflevector(
        a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
#elif WIDTH == 8
    return __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
#else
    return __builtin_shufflevector(a, b, 2, 6, 3, 7);
#endif
}

// Transposes a block in place: as many rounds of interleaving rows i and i + WIDTH/2 as WIDTH has
// binary digits.
inline void transpose(Vector rows[WIDTH]) {
#pragma clang loop unroll(full)
    for (int round = 1; round < WIDTH; round *= 2) {
        Vector next[WIDTH];
#pragma clang loop unroll(full)
        for (int i = 0; i < WIDTH / 2; i++) {
            next[2 * i] = interleave_low(rows[i], rows[i + WIDTH / 2]);
            next[2 * i + 1] = interleave_high(rows[i], rows[i + WIDTH / 2]);
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < WIDTH; i++) rows[i] = next[i];
    }
}

// scores[r][j] = Σ_c q[r][c] · keys[c][j] for R queries and C vectors of keys.
template <int R, int C>
inline void score_block(
    const float *q, int64_t q_stride, const float *keys, int64_t key_stride, int64_t d,
    float *scores, int64_t score_stride) {
    Vector sums[R][C] = {};
    for (int64_t c = 0; c < d; c++) {
        Vector k[C];
#pragma clang loop unroll(full)
        for (int v = 0; v < C; v++) k[v] = load(keys + c * key_stride + v * WIDTH);
#pragma clang loop unroll(full)
        for (int r = 0; r < R; r++) {
            Vector x = all(q[r * q_stride + c]);
#pragma clang loop unroll(full)
            for (int v = 0; v < C; v++) sums[r][v] = multiply_add(x, k[v], sums[r][v]);
        }
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < R; r++)
#pragma clang loop unroll(full)
        for (int v = 0; v < C; v++) store(scores + r * score_stride + v * WIDTH, sums[r][v]);
}

// sums[r] = Σ_j weights[r][j] · values[j] for R queries and C vectors of a head's columns.
template <int R, int C>
inline void value_block(
    const float *weights, int64_t weight_stride, const float *values, int64_t value_stride,
    int64_t length, Vector sums[R][C]) {
#pragma clang loop unroll(full)
    for (int r = 0; r < R; r++)
#pragma clang loop unroll(full)
        for (int v = 0; v < C; v++) sums[r][v] = Vector{};
    for (int64_t j = 0; j < length; j++) {
        Vector x[C];
#pragma clang loop unroll(full)
        for (int v = 0; v < C; v++) x[v] = load(values + j * value_stride + v * WIDTH);
#pragma clang loop unroll(full)
        for (int r = 0; r < R; r++) {
            Vector w = all(weights[r * weight_stride + j]);
#pragma clang loop unroll(full)
            for (int v = 0; v < C; v++) sums[r][v] = multiply_add(w, x[v], sums[r][v]);
        }
    }
}

// The exponentials of scale · (score - largest score) in place; returns the inverse of their sum.
inline float softmax(float *scores, int64_t length, float scale) {
    const int64_t whole = length / WIDTH * WIDTH, rest = length - whole;
    Vector largest = all(-__builtin_inff());
    for (int64_t j = 0; j < whole; j += WIDTH) largest = maximum(largest, load(scores + j));
    float top = maximum(largest);
    for (int64_t j = whole; j < length; j++) top = scores[j] > top ? scores[j] : top;
    Vector total = {};
    for (int64_t j = 0; j < whole; j += WIDTH) {
        Vector e = exponential((load(scores + j) - top) * scale);
        total += e;
        store(scores + j, e);
    }
    if (rest > 0) {
        Vector e = exponential((load(scores + whole) - top) * scale);
        Integers lane;
        for (int i = 0; i < WIDTH; i++) lane[i] = i;
        e = lane < (int32_t)rest ? e : Vector{};
        total += e;
        store(scores + whole, e);
    }
    return 1 / sum(total);
}

template <int R>
inline void attend(
    const kernels::Attention &a, int64_t row, int64_t length, int64_t head, const float *keys,
    const float *values, float *scores) {
    const int64_t hidden = a.heads * a.d, stride = 3 * hidden;
    const int64_t columns = padded(length), width = padded(a.d);
    const float *q = a.qkv + row * stride + head * a.d;
    int64_t j = 0;
    for (; j + 2 * WIDTH <= columns; j += 2 * WIDTH)
        score_block<R, 2>(q, stride, keys + j, columns, a.d, scores + j, columns);
    if (j < columns) score_block<R, 1>(q, stride, keys + j, columns, a.d, scores + j, columns);

    float inverse[R];
    for (int r = 0; r < R; r++) inverse[r] = softmax(scores + r * columns, length, a.scale);

    auto emit = [&](int r, int64_t column, Vector x) {
        const int64_t n = a.d - column < WIDTH ? a.d - column : WIDTH;
        const int64_t at = (row + r) * hidden + head * a.d + column;
        x *= inverse[r];
        if (a.context_bf16) {
            if (n == WIDTH) return store_bf16(a.context_bf16 + at, x);
            uint16_t lanes[WIDTH];
            store_bf16(lanes, x);
            __builtin_memcpy(a.context_bf16 + at, lanes, n * sizeof(uint16_t));
        } else {
            if (n == WIDTH) return store(a.context + at, x);
            __builtin_memcpy(a.context + at, &x, n * sizeof(float));
        }
    };
    int64_t column = 0;
    for (; column + 2 * WIDTH <= width; column += 2 * WIDTH) {
        Vector sums[R][2];
        value_block<R, 2>(scores, columns, values + column, width, length, sums);
        for (int r = 0; r < R; r++) {
            emit(r, column, sums[r][0]);
            emit(r, column + WIDTH, sums[r][1]);
        }
    }
    if (column < width) {
        Vector sums[R][1];
        value_block<R, 1>(scores, columns, values + column, width, length, sums);
        for (int r = 0; r < R; r++) emit(r, column, sums[r][0]);
    }
}

// Keys transposed, values copied without gaps, scores of ROWS queries.
size_t attention_scratch(int64_t length, int64_t d) {
    return (padded(d) + ROWS) * padded(length) + length * padded(d);
}

void attention(
    const kernels::Attention &a, int64_t first, int64_t length, int64_t head, float *scratch) {
    const int64_t hidden = a.heads * a.d, stride = 3 * hidden;
    const int64_t columns = padded(length), width = padded(a.d);
    float *keys = scratch, *scores = keys + width * columns, *values = scores + ROWS * columns;

    const float *k = a.qkv + first * stride + hidden + head * a.d, *v = k + hidden;
    for (int64_t c = 0; c < width; c += WIDTH) {
        const int64_t n = a.d - c < WIDTH ? a.d - c : WIDTH;
        for (int64_t j = 0; j < columns; j += WIDTH) {
            Vector block[WIDTH];
            for (int i = 0; i < WIDTH; i++) {
                const float *p = k + (j + i) * stride + c;
                block[i] = j + i >= length ? Vector{} : n == WIDTH ? load(p) : load(p, n);
            }
            transpose(block);
            for (int i = 0; i < WIDTH; i++) store(keys + (c + i) * columns + j, block[i]);
        }
        for (int64_t j = 0; j < length; j++) {
            const float *p = v + j * stride + c;
            store(values + j * width + c, n == WIDTH ? load(p) : load(p, n));
        }
    }

    int64_t i = 0;
    for (; i + ROWS <= length; i += ROWS)
        attend<ROWS>(a, first + i, length, head, keys, values, scores);
    switch (length - i) {
#if ROWS > 4
    case 7: return attend<7>(a, first + i, length, head, keys, values, scores);
    case 6: return attend<6>(a, first + i, length, head, keys, values, scores);
    case 5: return attend<5>(a, first + i, length, head, keys, values, scores);
    case 4: return attend<4>(a, first + i, length, head, keys, values, scores);
#endif
    case 3: return attend<3>(a, first + i, length, head, keys, values, scores);
    case 2: return attend<2>(a, first + i, length, head, keys, values, scores);
    case 1: return attend<1>(a, first + i, length, head, keys, values, scores);
    }
}

}  // namespace

const kernels::Table kernels::KERNELS = {NAME, layer_norm, attention, attention_scratch};
