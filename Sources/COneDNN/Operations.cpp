#include <algorithm>

#include "Kernels.h"
#include "Worker.h"

namespace {

// Rows a thread takes at a time: few enough to share evenly, enough to be worth a thread.
const int64_t rows_at_once = 16;

template <class Body>
void for_rows(odn_worker *worker, int64_t t, Body body) {
    worker->parallel((t + rows_at_once - 1) / rows_at_once, [&](int64_t block, int) {
        const int64_t end = std::min(t, (block + 1) * rows_at_once);
        for (int64_t row = block * rows_at_once; row < end; row++) body(row);
    });
}

}  // namespace

extern "C" {

void odn_embed(
    odn_worker *worker, const float *word, const float *position, const float *type,
    const int32_t *ids, const int32_t *positions, const int32_t *types, const float *gamma,
    const float *beta, float epsilon, int64_t t, int64_t h, float *y, uint16_t *y_bf16) {
    const kernels::LayerNorm norm{gamma, beta, epsilon, h};
    const auto &kernel = *worker->kernels;
    for_rows(worker, t, [&](int64_t row) {
        kernel.layer_norm(
            norm, word + ids[row] * h, position + positions[row] * h,
            type ? type + types[row] * h : nullptr, y + row * h,
            y_bf16 ? y_bf16 + row * h : nullptr);
    });
}

void odn_layer_norm(
    odn_worker *worker, const float *x, const float *residual, const float *gamma,
    const float *beta, float epsilon, int64_t t, int64_t h, float *y, uint16_t *y_bf16) {
    const kernels::LayerNorm norm{gamma, beta, epsilon, h};
    const auto &kernel = *worker->kernels;
    for_rows(worker, t, [&](int64_t row) {
        kernel.layer_norm(
            norm, x + row * h, residual ? residual + row * h : nullptr, nullptr, y + row * h,
            y_bf16 ? y_bf16 + row * h : nullptr);
    });
}

bool odn_attention(
    odn_worker *worker, const float *qkv, const int32_t *starts, int64_t sequences, int64_t heads,
    int64_t d, float scale, float *context, uint16_t *context_bf16) {
    const auto &kernel = *worker->kernels;
    size_t floats = 0;
    for (int64_t s = 0; s < sequences; s++)
        floats = std::max(floats, kernel.attention_scratch(starts[s + 1] - starts[s], d));
    float *scratch;
    odn_error error;
    if (!odn_guard(&error, [&] {
            scratch = static_cast<float *>(
                worker->scratch.bytes(floats * sizeof(float) * worker->threads));
        }))
        return false;
    const kernels::Attention attention{qkv, heads, d, scale, context, context_bf16};
    worker->parallel(sequences * heads, [&](int64_t i, int thread) {
        const int64_t s = i / heads;
        kernel.attention(
            attention, starts[s], starts[s + 1] - starts[s], i % heads, scratch + thread * floats);
    });
    return true;
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
