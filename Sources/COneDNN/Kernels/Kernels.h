// The vector kernels' common signature. They are compiled once for each instruction set.
#pragma once
#include <cstddef>
#include <cstdint>

#include "../include/COneDNN.h"

namespace kernels {

struct LayerNorm {
    const float *gamma, *beta;
    float epsilon;
    int64_t h;
};

struct Attention {
    const float *qkv;
    int64_t heads, d;
    float scale;
    // Null for none.
    const odn_attention_bias *bias;
    const odn_dropout *dropout;
    float *context;
    uint16_t *context_bf16;
};

struct Table {
    const char *name;
    // One head of one sequence with rows first ..< first + length.
    void (*attention)(const Attention &, int64_t first, int64_t length, int64_t head, float *scratch);
    void (*attention_backward)(
        const Attention &, int64_t first, int64_t length, int64_t head, const float *d_context,
        float *d_qkv, float *d_bias, float *scratch);
    // How many floats of scratch the above need.
    size_t (*attention_scratch)(int64_t length, int64_t d, bool backward);
    // One row: y = LayerNorm(a + b + c); b and c may be null, and so may what receives y in bf16,
    // the normalized row, and the inverse of its standard deviation.
    void (*layer_norm)(
        const LayerNorm &, const float *a, const float *b, const float *c, float *y,
        uint16_t *y_bf16, float *normalized, float *inverse);
    void (*layer_norm_backward)(
        const LayerNorm &, const float *dy, const float *normalized, float inverse, float *dx,
        float *dgamma, float *dbeta);
    void (*drop)(
        const odn_dropout *, int64_t row, const float *x, int64_t h, bool adds, float *y);
    // y += x
    void (*add)(const float *x, int64_t count, float *y);
    void (*round_bf16)(const float *x, int64_t count, uint16_t *y);
    double (*squares)(const float *x, int64_t count);
    void (*adamw)(
        const odn_adamw &, const float *gradient, int64_t count, float *x, float *m, float *v);
    // y = GELU(x), exactly, and dx = dy · GELU'(x). y may be x, dx may be dy.
    void (*gelu)(const float *x, int64_t count, float *y);
    void (*gelu_bf16)(const float *x, int64_t count, uint16_t *y);
    void (*gelu_backward)(const float *x, const float *dy, int64_t count, float *dx);
    // target: padded_k × block, which is a multiple of 16: in column i the k numbers of row i, and zeros
    // below them and beyond `count` rows.
    void (*transpose)(
        const float *const *rows, int64_t count, int64_t k, int64_t padded_k, int64_t block,
        float *target);
};

extern const Table baseline, avx2, avx512, avx512_bf16;

// The tables that this processor can run, fastest first, up to a null.
const Table *const *available();

}  // namespace kernels
