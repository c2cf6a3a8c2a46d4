#include <algorithm>
#include <vector>

#include "Worker.h"

namespace {

// Rows a thread takes at a time: few enough to share evenly, enough to be worth a thread.
const int64_t rows_at_once = 16;

// body(row, thread)
template <class Body>
void for_rows(odn_worker *worker, int64_t t, Body body) {
    worker->parallel((t + rows_at_once - 1) / rows_at_once, [&](int64_t block, int thread) {
        const int64_t end = std::min(t, (block + 1) * rows_at_once);
        for (int64_t row = block * rows_at_once; row < end; row++) body(row, thread);
    });
}

// `floats` numbers of scratch, or null.
float *scratch(odn_worker *worker, size_t floats) {
    float *memory = nullptr;
    odn_error error;
    odn_guard(&error, [&] {
        memory = static_cast<float *>(worker->scratch.bytes(floats * sizeof(float)));
    });
    return memory;
}

// Runs the way back of a layer norm row by row: body(row, dx) takes what comes out for the norm's
// input, in scratch. Gradients of the norm are summed over blocks of a fixed number of rows and then
// block by block, so that their bits do not depend on threads. incoming(row, buffer) gives dy.
template <class Incoming, class Body>
bool layer_norm_backward(
    odn_worker *worker, const float *normalized, const float *inverse, const float *gamma,
    int64_t t, int64_t h, float *dgamma, float *dbeta, Incoming incoming, Body body) {
    const int64_t block_rows = 64, blocks = (t + block_rows - 1) / block_rows;
    float *sums = scratch(worker, blocks * 2 * h + worker->threads * 2 * h);
    if (!sums) return t == 0;
    float *rows = sums + blocks * 2 * h;
    std::fill_n(sums, blocks * 2 * h, 0.0f);
    const kernels::LayerNorm norm{gamma, nullptr, 0, h};
    const auto &kernel = *worker->kernels;
    worker->parallel(blocks, [&](int64_t block, int thread) {
        float *dx = rows + thread * 2 * h, *buffer = dx + h, *block_sums = sums + block * 2 * h;
        const int64_t end = std::min(t, (block + 1) * block_rows);
        for (int64_t row = block * block_rows; row < end; row++) {
            kernel.layer_norm_backward(
                norm, incoming(row, buffer), normalized + row * h, inverse[row], dx, block_sums,
                block_sums + h);
            body(row, dx);
        }
    });
    for (int64_t block = 0; block < blocks; block++) {
        if (dgamma) kernel.add(sums + block * 2 * h, h, dgamma);
        if (dbeta) kernel.add(sums + block * 2 * h + h, h, dbeta);
    }
    return true;
}

}  // namespace

extern "C" {

bool odn_embed(
    odn_worker *worker, const float *word, const float *position, const float *type,
    const int32_t *ids, const int32_t *positions, const int32_t *types, const float *gamma,
    const float *beta, float epsilon, int64_t t, int64_t h, const odn_dropout *dropout, float *y,
    uint16_t *y_bf16, float *normalized, float *inverse) {
    const kernels::LayerNorm norm{gamma, beta, epsilon, h};
    const auto &kernel = *worker->kernels;
    for_rows(worker, t, [&](int64_t row, int) {
        kernel.layer_norm(
            norm, word + ids[row] * h, position ? position + positions[row] * h : nullptr,
            type ? type + types[row] * h : nullptr, y + row * h,
            y_bf16 ? y_bf16 + row * h : nullptr, normalized ? normalized + row * h : nullptr,
            inverse ? inverse + row : nullptr);
        if (!dropout) return;
        kernel.drop(dropout, row, y + row * h, h, false, y + row * h);
        if (y_bf16) kernel.round_bf16(y + row * h, h, y_bf16 + row * h);
    });
    return true;
}

bool odn_embed_backward(
    odn_worker *worker, const float *dy, const float *normalized, const float *inverse,
    const int32_t *ids, const int32_t *positions, const int32_t *types, const float *gamma,
    int64_t t, int64_t h, const odn_dropout *dropout, float *dword, float *dposition, float *dtype,
    float *dgamma, float *dbeta) {
    std::vector<float> sums;
    odn_error error;
    if (!odn_guard(&error, [&] { sums.resize(t * h); })) return false;
    const auto &kernel = *worker->kernels;
    const bool done = layer_norm_backward(
        worker, normalized, inverse, gamma, t, h, dgamma, dbeta,
        [&](int64_t row, float *buffer) -> const float * {
            if (!dropout) return dy + row * h;
            kernel.drop(dropout, row, dy + row * h, h, false, buffer);
            return buffer;
        },
        [&](int64_t row, const float *dx) { std::copy_n(dx, h, sums.data() + row * h); });
    if (!done) return false;
    // Several rows may be of one word, so threads share out the columns and each goes through all
    // rows in order.
    for_runs(worker, h, 64, [&](int64_t column, int64_t count) {
        for (int64_t row = 0; row < t; row++) {
            const float *dx = sums.data() + row * h + column;
            if (dword) kernel.add(dx, count, dword + ids[row] * h + column);
            if (dposition) kernel.add(dx, count, dposition + positions[row] * h + column);
            if (dtype) kernel.add(dx, count, dtype + types[row] * h + column);
        }
    });
    return true;
}

bool odn_layer_norm(
    odn_worker *worker, const float *x, const float *residual, const float *gamma,
    const float *beta, float epsilon, int64_t t, int64_t h, const odn_dropout *dropout, float *y,
    uint16_t *y_bf16, float *normalized, float *inverse) {
    const kernels::LayerNorm norm{gamma, beta, epsilon, h};
    const auto &kernel = *worker->kernels;
    float *rows = nullptr;
    if (dropout && !(rows = scratch(worker, worker->threads * h))) return false;
    for_rows(worker, t, [&](int64_t row, int thread) {
        const float *input = x + row * h;
        if (dropout) {
            kernel.drop(dropout, row, input, h, false, rows + thread * h);
            input = rows + thread * h;
        }
        kernel.layer_norm(
            norm, input, residual ? residual + row * h : nullptr, nullptr, y + row * h,
            y_bf16 ? y_bf16 + row * h : nullptr, normalized ? normalized + row * h : nullptr,
            inverse ? inverse + row : nullptr);
    });
    return true;
}

bool odn_layer_norm_backward(
    odn_worker *worker, const float *dy, const float *normalized, const float *inverse,
    const float *gamma, int64_t t, int64_t h, const odn_dropout *dropout, float *dx,
    float *dresidual, float *dgamma, float *dbeta) {
    const auto &kernel = *worker->kernels;
    return layer_norm_backward(
        worker, normalized, inverse, gamma, t, h, dgamma, dbeta,
        [&](int64_t row, float *) { return dy + row * h; },
        [&](int64_t row, const float *sum) {
            if (dresidual) kernel.add(sum, h, dresidual + row * h);
            if (dropout) {
                kernel.drop(dropout, row, sum, h, true, dx + row * h);
            } else {
                kernel.add(sum, h, dx + row * h);
            }
        });
}

bool odn_attention(
    odn_worker *worker, const float *qkv, const int32_t *starts, int64_t sequences, int64_t heads,
    int64_t d, float scale, const odn_attention_bias *bias, const odn_dropout *dropout, float *context,
    uint16_t *context_bf16) {
    const auto &kernel = *worker->kernels;
    size_t floats = 0;
    for (int64_t s = 0; s < sequences; s++)
        floats = std::max(floats, kernel.attention_scratch(starts[s + 1] - starts[s], d, false));
    float *memory = scratch(worker, floats * worker->threads);
    if (!memory) return floats == 0;
    const kernels::Attention attention{qkv, heads, d, scale, bias, dropout, context, context_bf16};
    worker->parallel(sequences * heads, [&](int64_t i, int thread) {
        const int64_t s = i / heads;
        kernel.attention(
            attention, starts[s], starts[s + 1] - starts[s], i % heads, memory + thread * floats);
    });
    return true;
}

bool odn_attention_backward(
    odn_worker *worker, const float *qkv, const int32_t *starts, int64_t sequences, int64_t heads,
    int64_t d, float scale, const odn_attention_bias *bias, const odn_dropout *dropout,
    const float *d_context, float *d_qkv, float *d_bias) {
    const auto &kernel = *worker->kernels;
    size_t floats = 0;
    int64_t longest = 0;
    for (int64_t s = 0; s < sequences; s++) {
        longest = std::max<int64_t>(longest, starts[s + 1] - starts[s]);
        floats = std::max(floats, kernel.attention_scratch(starts[s + 1] - starts[s], d, true));
    }
    float *memory = scratch(worker, floats * worker->threads);
    if (!memory) return floats == 0;
    // Each head of each sequence has a sum of its own, so that all are added up in one order.
    const int64_t distances = 2 * longest - 1;
    std::vector<float> sums;
    odn_error error;
    if (d_bias && !odn_guard(&error, [&] { sums.resize(sequences * heads * distances); })) return false;
    const kernels::Attention attention{qkv, heads, d, scale, bias, dropout, nullptr, nullptr};
    worker->parallel(sequences * heads, [&](int64_t i, int thread) {
        const int64_t s = i / heads;
        kernel.attention_backward(
            attention, starts[s], starts[s + 1] - starts[s], i % heads, d_context, d_qkv,
            d_bias ? sums.data() + i * distances : nullptr, memory + thread * floats);
    });
    if (!d_bias) return true;
    for (int64_t i = 0; i < sequences * heads; i++) {
        const int64_t length = starts[i / heads + 1] - starts[i / heads];
        float *own = d_bias + i % heads * (2 * bias->reach - 1) + bias->reach - length;
        for (int64_t k = 0; k < 2 * length - 1; k++) own[k] += sums[i * distances + k];
    }
    return true;
}

void odn_add(odn_worker *worker, const float *x, int64_t count, float *y) {
    for_runs(worker, count, run_length, [&](int64_t first, int64_t n) {
        worker->kernels->add(x + first, n, y + first);
    });
}

void odn_round_bf16(odn_worker *worker, const float *x, int64_t count, uint16_t *y) {
    for_runs(worker, count, run_length, [&](int64_t first, int64_t n) {
        worker->kernels->round_bf16(x + first, n, y + first);
    });
}

double odn_squares(odn_worker *worker, const float *x, int64_t count) {
    std::vector<double> sums((count + run_length - 1) / run_length);
    for_runs(worker, count, run_length, [&](int64_t first, int64_t n) {
        sums[first / run_length] = worker->kernels->squares(x + first, n);
    });
    double total = 0;
    for (double sum : sums) total += sum;
    return total;
}

void odn_clear(odn_worker *worker, float *x, int64_t count) {
    for_runs(worker, count, run_length, [&](int64_t first, int64_t n) {
        std::fill_n(x + first, n, 0.0f);
    });
}

void odn_adamw_step(
    odn_worker *worker, const odn_adamw *step, const float *gradient, int64_t count, float *x,
    float *m, float *v) {
    for_runs(worker, count, run_length, [&](int64_t first, int64_t n) {
        worker->kernels->adamw(*step, gradient + first, n, x + first, m + first, v + first);
    });
}

void odn_widen_bf16(const uint16_t *x, int64_t n, float *y) {
    for (int64_t i = 0; i < n; i++) {
        const uint32_t bits = uint32_t(x[i]) << 16;
        __builtin_memcpy(y + i, &bits, sizeof bits);
    }
}

void odn_widen_f16(const uint16_t *x, int64_t n, float *y) {
    for (int64_t i = 0; i < n; i++) {
        const uint32_t sign = uint32_t(x[i] & 0x8000) << 16, exponent = x[i] >> 10 & 31,
                       mantissa = x[i] & 1023;
        uint32_t bits;
        if (exponent == 31) {
            bits = sign | 0x7F800000 | mantissa << 13;
        } else if (exponent > 0) {
            bits = sign | (exponent + 112) << 23 | mantissa << 13;
        } else {
            const float small = mantissa * 0x1p-24f;
            __builtin_memcpy(&bits, &small, sizeof bits);
            bits |= sign;
        }
        __builtin_memcpy(y + i, &bits, sizeof bits);
    }
}
}
