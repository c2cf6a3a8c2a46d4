// Self-attention of one head of one sequence of L rows, and its way back:
//   S = scale · Q · Kᵀ, P = softmax(S) row by row, D = dropout(P), O = D · V
//   dD = dO · Vᵀ, dP = dropout(dD), dS = P ∘ (dP - rowsum(P ∘ dP)), and rowsum(P ∘ dP) = dO · O
//   dQ += scale · dS · K, dK += scale · dSᵀ · Q, dV += Dᵀ · dO
// P is computed again on the way back: for sentences that costs less than keeping it.

namespace {

// How one element of a product is added up.
struct Singles {
    static Vector add(Vector a, Vector b, Vector sum) { return multiply_add(a, b, sum); }
};

// sums[r] = Σ_k a[r · row_step + k · step] · b[k] for R rows of a and C vectors of b's columns.
template <int R, int C, class Element>
inline void product_block(
    const float *a, int64_t row_step, int64_t step, const float *b, int64_t b_stride,
    int64_t inner, Vector sums[R][C]) {
#pragma clang loop unroll(full)
    for (int r = 0; r < R; r++)
#pragma clang loop unroll(full)
        for (int c = 0; c < C; c++) sums[r][c] = Vector{};
    for (int64_t k = 0; k < inner; k++) {
        Vector x[C];
#pragma clang loop unroll(full)
        for (int c = 0; c < C; c++) x[c] = load(b + k * b_stride + c * WIDTH);
#pragma clang loop unroll(full)
        for (int r = 0; r < R; r++) {
            const Vector w = all(a[r * row_step + k * step]);
#pragma clang loop unroll(full)
            for (int c = 0; c < C; c++) sums[r][c] = Element::add(w, x[c], sums[r][c]);
        }
    }
}

// emit(r, column, sums) for R rows of a · b, a vector of columns at a time; `columns` is a multiple
// of WIDTH.
template <int R, class Element = Singles, class Emit>
inline void product_rows(
    const float *a, int64_t row_step, int64_t step, const float *b, int64_t b_stride,
    int64_t inner, int64_t columns, Emit emit) {
    int64_t column = 0;
    for (; column + 2 * WIDTH <= columns; column += 2 * WIDTH) {
        Vector sums[R][2];
        product_block<R, 2, Element>(a, row_step, step, b + column, b_stride, inner, sums);
#pragma clang loop unroll(full)
        for (int r = 0; r < R; r++) {
            emit(r, column, sums[r][0]);
            emit(r, column + WIDTH, sums[r][1]);
        }
    }
    if (column < columns) {
        Vector sums[R][1];
        product_block<R, 1, Element>(a, row_step, step, b + column, b_stride, inner, sums);
#pragma clang loop unroll(full)
        for (int r = 0; r < R; r++) emit(r, column, sums[r][0]);
    }
}

// body.template run<R>(first) for rows 0 ..< length, ROWS at a time.
template <class Body>
inline void in_blocks(int64_t length, Body body) {
    int64_t i = 0;
    for (; i + ROWS <= length; i += ROWS) body.template run<ROWS>(i);
    switch (length - i) {
#if ROWS > 4
    case 7: return body.template run<7>(i);
    case 6: return body.template run<6>(i);
    case 5: return body.template run<5>(i);
    case 4: return body.template run<4>(i);
#endif
    case 3: return body.template run<3>(i);
    case 2: return body.template run<2>(i);
    case 1: return body.template run<1>(i);
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

// A sequence's queries, keys and values of one head within the rows of qkv.
struct Head {
    const kernels::Attention &a;
    int64_t first, length, head, hidden, stride, columns, width;

    Head(const kernels::Attention &a, int64_t first, int64_t length, int64_t head)
        : a(a), first(first), length(length), head(head), hidden(a.heads * a.d),
          stride(3 * hidden), columns(padded(length)), width(padded(a.d)) {}

    // Part 0 holds queries, 1 keys, 2 values.
    const float *part(int index) const {
        return a.qkv + first * stride + index * hidden + head * a.d;
    }
};

// target[c][j] = source[j][c]: `width` rows of `columns` numbers.
inline void transpose_rows(
    const float *source, int64_t stride, int64_t length, int64_t d, float *target) {
    const int64_t columns = padded(length), width = padded(d);
    for (int64_t c = 0; c < width; c += WIDTH) {
        const int64_t n = d - c < WIDTH ? d - c : WIDTH;
        for (int64_t j = 0; j < columns; j += WIDTH) {
            Vector block[WIDTH];
            for (int i = 0; i < WIDTH; i++)
                block[i] = j + i >= length ? Vector{} : load(source + (j + i) * stride + c, n);
            transpose(block);
            for (int i = 0; i < WIDTH; i++) store(target + (c + i) * columns + j, block[i]);
        }
    }
}

// target[j] = source[j] without gaps, filled up with zeros to whole vectors.
inline void copy_rows(
    const float *source, int64_t stride, int64_t length, int64_t d, float *target) {
    const int64_t width = padded(d);
    for (int64_t j = 0; j < length; j++)
        for (int64_t c = 0; c < width; c += WIDTH)
            store(
                target + j * width + c,
                load(source + j * stride + c, d - c < WIDTH ? d - c : WIDTH));
}

// Puts a head's context where it belongs.
inline void emit(const Head &h, int64_t row, int64_t column, Vector x) {
    const int64_t n = h.a.d - column < WIDTH ? h.a.d - column : WIDTH;
    const int64_t at = (h.first + row) * h.hidden + h.head * h.a.d + column;
    if (h.a.context_bf16) return store_bf16(h.a.context_bf16 + at, x, n);
    store(h.a.context + at, x, n);
}

// Adds the bias of one query's distances to its scores.
inline void add_bias(const Head &h, int64_t row, float *scores) {
    const odn_attention_bias *bias = h.a.bias;
    if (!bias) return;
    const float *b = bias->numbers + h.head * (2 * bias->reach - 1) + bias->reach - 1 - row;
    for (int64_t j = 0; j < h.columns; j += WIDTH) store(scores + j, load(scores + j) + load(b + j));
}

// softmax and dropout of R rows of scores, as yet without the inverses of the sums, which it gives.
template <int R>
inline void weigh(const Head &h, int64_t row, float *scores, float inverse[R]) {
    for (int r = 0; r < R; r++) {
        float *p = scores + r * h.columns;
        add_bias(h, row + r, p);
        inverse[r] = softmax(p, h.length, h.a.scale);
        if (!h.a.dropout) continue;
        const DropoutRow choices(h.a.dropout, h.first + row + r, (uint64_t)h.head);
        for (int64_t j = 0; j < h.columns; j += WIDTH) store(p + j, load(p + j) * choices.scales(j));
    }
}

struct Attend {
    const Head &h;
    const float *keys, *values;
    float *scores;

    template <int R>
    void run(int64_t row) const {
        product_rows<R>(
            h.part(0) + row * h.stride, h.stride, 1, keys, h.columns, h.a.d, h.columns,
            [&](int r, int64_t column, Vector x) { store(scores + r * h.columns + column, x); });
        float inverse[R];
        weigh<R>(h, row, scores, inverse);
        product_rows<R>(
            scores, h.columns, 1, values, h.width, h.length, h.width,
            [&](int r, int64_t column, Vector x) { emit(h, row + r, column, x * inverse[r]); });
    }
};

#if PAIRS
// Two bf16 numbers where a float stands, of which the processor adds both products at once.
struct Pairs {
    typedef __bf16 Vector32 __attribute__((vector_size(WIDTH * 4)));

    static Vector add(Vector a, Vector b, Vector sum) {
        return __builtin_ia32_dpbf16ps_512(sum, (Vector32)a, (Vector32)b);
    }
};

// Floats that hold d bf16 numbers as pairs, filled up to whole vectors.
inline int64_t pairs(int64_t d) { return padded((d + 1) / 2); }

// Rows of d numbers as rows of pairs.
inline void pair_columns(
    const float *source, int64_t stride, int64_t length, int64_t d, float *target) {
    const int64_t width = 2 * pairs(d);
    uint16_t *t = reinterpret_cast<uint16_t *>(target);
    for (int64_t j = 0; j < length; j++)
        for (int64_t c = 0; c < width; c += WIDTH) {
            const int64_t n = d - c < 0 ? 0 : d - c < WIDTH ? d - c : WIDTH;
            store_bf16(t + j * width + c, load(source + j * stride + c, n));
        }
}

// Rows 2j and 2j + 1 as one row of pairs.
inline void pair_rows(
    const float *source, int64_t stride, int64_t length, int64_t d, float *target) {
    const int64_t width = padded(d);
    for (int64_t j = 0; j < length; j += 2)
        for (int64_t c = 0; c < width; c += WIDTH) {
            const int64_t n = d - c < WIDTH ? d - c : WIDTH;
            const float *p = source + j * stride + c;
            const Vector low = load(p, n), high = j + 1 < length ? load(p + stride, n) : Vector{};
            typedef uint16_t Integers16 __attribute__((vector_size(WIDTH * 2)));
            const Bits a = __builtin_convertvector((Integers16)halves(low), Bits),
                       b = __builtin_convertvector((Integers16)halves(high), Bits);
            store(target + j / 2 * width + c, (Vector)(a | b << 16));
        }
}

struct AttendPairs {
    const Head &h;
    const float *queries, *keys, *values;
    float *scores;

    template <int R>
    void run(int64_t row) const {
        const int64_t width = pairs(h.a.d), half = pairs(h.columns);
        product_rows<R, Pairs>(
            queries + row * width, width, 1, keys, h.columns, (h.a.d + 1) / 2, h.columns,
            [&](int r, int64_t column, Vector x) { store(scores + r * h.columns + column, x); });
        float inverse[R];
        weigh<R>(h, row, scores, inverse);
        float *weights = scores + ROWS * h.columns;
        pair_columns(scores, h.columns, R, h.columns, weights);
        product_rows<R, Pairs>(
            weights, half, 1, values, h.width, (h.length + 1) / 2, h.width,
            [&](int r, int64_t column, Vector x) { emit(h, row + r, column, x * inverse[r]); });
    }
};

size_t pairs_scratch(int64_t length, int64_t d) {
    return 2 * length * pairs(d) + pairs(d) * padded(length) +
           ROWS * (padded(length) + pairs(padded(length))) + (length + 1) / 2 * padded(d);
}

void attention_pairs(const Head &h, float *scratch) {
    const int64_t d = h.a.d, width = pairs(d);
    float *queries = scratch, *rows = queries + h.length * width, *keys = rows + h.length * width;
    float *values = keys + width * h.columns, *scores = values + (h.length + 1) / 2 * h.width;
    pair_columns(h.part(0), h.stride, h.length, d, queries);
    pair_columns(h.part(1), h.stride, h.length, d, rows);
    transpose_rows(rows, width, h.length, width, keys);
    pair_rows(h.part(2), h.stride, h.length, d, values);
    in_blocks(h.length, AttendPairs{h, queries, keys, values, scores});
}
#endif

void attention(
    const kernels::Attention &a, int64_t first, int64_t length, int64_t head, float *scratch) {
    const Head h(a, first, length, head);
#if PAIRS
    if (a.context_bf16) return attention_pairs(h, scratch);
#endif
    float *keys = scratch, *scores = keys + h.width * h.columns, *values = scores + ROWS * h.columns;
    transpose_rows(h.part(1), h.stride, length, a.d, keys);
    copy_rows(h.part(2), h.stride, length, a.d, values);
    in_blocks(length, Attend{h, keys, values, scores});
}

// The way back: P, D and dS of the whole head, filled ROWS rows at a time.
struct Scores {
    const Head &h;
    const float *keys, *values, *d_context;
    float *p, *dropped, *ds;

    template <int R>
    void run(int64_t row) const {
        const kernels::Attention &a = h.a;
        product_rows<R>(
            h.part(0) + row * h.stride, h.stride, 1, keys, h.columns, a.d, h.columns,
            [&](int r, int64_t column, Vector x) { store(p + (row + r) * h.columns + column, x); });
        product_rows<R>(
            d_context + row * h.width, h.width, 1, values, h.columns, a.d, h.columns,
            [&](int r, int64_t column, Vector x) { store(ds + (row + r) * h.columns + column, x); });
        for (int r = 0; r < R; r++) {
            float *pr = p + (row + r) * h.columns, *dr = ds + (row + r) * h.columns;
            float *kept = dropped + (row + r) * h.columns;
            add_bias(h, row + r, pr);
            const float inverse = softmax(pr, h.length, a.scale);
            const DropoutRow choices(a.dropout, h.first + row + r, (uint64_t)h.head);
            Vector total = {};
            for (int64_t j = 0; j < h.columns; j += WIDTH) {
                const Vector scales = choices.scales(j), weight = load(pr + j) * inverse,
                             d = load(dr + j) * scales, masked = weight * scales;
                store(pr + j, weight);
                store(kept + j, masked);
                store(dr + j, d);
                total = multiply_add(weight, d, total);
            }
            const float correlation = sum(total);
            for (int64_t j = 0; j < h.columns; j += WIDTH)
                store(dr + j, load(pr + j) * (load(dr + j) - correlation) * a.scale);
        }
    }
};

// gradient += a · b, rows of one part of dqkv.
struct Accumulate {
    const Head &h;
    const float *a;
    int64_t row_step, step;
    const float *b;
    float *gradient;

    template <int R>
    void run(int64_t row) const {
        product_rows<R>(
            a + row * row_step, row_step, step, b, h.width, h.length, h.width,
            [&](int r, int64_t column, Vector x) {
                const int64_t n = h.a.d - column < WIDTH ? h.a.d - column : WIDTH;
                float *y = gradient + (row + r) * h.stride + column;
                store(y, load(y, n) + x, n);
            });
    }
};

void attention_backward(
    const kernels::Attention &a, int64_t first, int64_t length, int64_t head,
    const float *d_context, float *d_qkv, float *d_bias, float *scratch) {
    const Head h(a, first, length, head);
    const int64_t across = h.width * h.columns, along = length * h.width;
    float *keys = scratch, *values = keys + across, *rows = values + across, *dc = rows + along;
    float *p = dc + along, *dropped = p + length * h.columns, *ds = dropped + length * h.columns;
    transpose_rows(h.part(1), h.stride, length, a.d, keys);
    transpose_rows(h.part(2), h.stride, length, a.d, values);
    copy_rows(d_context + first * h.hidden + head * a.d, h.hidden, length, a.d, dc);
    in_blocks(length, Scores{h, keys, values, dc, p, dropped, ds});

    // d_bias[distance + length - 1] of this head of this sequence.
    if (d_bias)
        for (int64_t i = 0; i < length; i++)
            for (int64_t j = 0; j < length; j++) d_bias[length - 1 - i + j] += ds[i * h.columns + j];

    auto gradient = [&](int part) {
        return d_qkv + first * h.stride + part * h.hidden + head * a.d;
    };
    copy_rows(h.part(1), h.stride, length, a.d, rows);
    in_blocks(length, Accumulate{h, ds, h.columns, 1, rows, gradient(0)});
    copy_rows(h.part(0), h.stride, length, a.d, rows);
    in_blocks(length, Accumulate{h, ds, 1, h.columns, rows, gradient(1)});
    in_blocks(length, Accumulate{h, dropped, 1, h.columns, dc, gradient(2)});
}

// How many floats of scratch the above need.
size_t attention_scratch(int64_t length, int64_t d, bool backward) {
    const int64_t across = padded(d) * padded(length), along = length * padded(d);
    if (backward) return 2 * across + 2 * along + 3 * length * padded(length);
    const size_t floats = across + ROWS * padded(length) + along;
#if PAIRS
    return floats > pairs_scratch(length, d) ? floats : pairs_scratch(length, d);
#else
    return floats;
#endif
}

}  // namespace
