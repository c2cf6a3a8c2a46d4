// The vector kernels' common signature. They are compiled once for each instruction set.
#pragma once
#include <cstddef>
#include <cstdint>

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
    float *context;
    uint16_t *context_bf16;
};

struct Table {
    const char *name;
    // One row: y = LayerNorm(a + b + c); b and c may be null. y_bf16 may be null.
    void (*layer_norm)(
        const LayerNorm &, const float *a, const float *b, const float *c, float *y,
        uint16_t *y_bf16);
    // One head of one sequence with rows first ..< first + length.
    void (*attention)(const Attention &, int64_t first, int64_t length, int64_t head, float *scratch);
    // How many floats of scratch the above needs.
    size_t (*attention_scratch)(int64_t length, int64_t d);
};

extern const Table baseline, avx2, avx512;

// The tables that this processor can run, fastest first, up to a null.
const Table *const *available();

}  // namespace kernels
