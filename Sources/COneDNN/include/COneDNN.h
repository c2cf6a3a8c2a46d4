// A C interface over oneDNN's C++ one, for what a sentence encoder needs of it, and the few vector
// kernels that no library has. Works with oneDNN 2 and 3.
//
// Letters: T rows (tokens), H columns (hidden size), N outputs and K inputs of a linear layer,
// D the size of an attention head. Matrices are row-major without padding between rows.
#ifndef CONEDNN_H
#define CONEDNN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum { odn_f32 = 0, odn_bf16 = 1 } odn_type;

typedef enum {
    odn_identity = 0,
    odn_gelu_erf = 1,   // x/2 · (1 + erf(x/√2))
    odn_gelu_tanh = 2,  // its approximation by tanh
    odn_relu = 3,
} odn_activation;

// Why a call failed, in oneDNN's own words. Filled only when the call says that it failed.
typedef struct {
    char message[256];
} odn_error;

// "major.minor.patch" of the oneDNN in use.
const char *odn_version(void);

// The instruction sets for which the kernels are compiled and which this processor has, fastest
// first: "AVX-512", "AVX2", "baseline". NULL beyond the last.
const char *odn_instructions(int32_t index);

// How many processors this process may run on.
int32_t odn_processors(void);

// Whether this processor multiplies bf16 numbers in hardware.
bool odn_has_bf16(void);

// y = activation(x · Wᵀ + b), with W packed once for the processor. Immutable, so any number of
// threads may use one.
typedef struct odn_linear odn_linear;

// weight: N × K f32, bias: N f32; both are copied. The matrix product runs in `type`, and y is of
// type `output`. NULL when it fails.
odn_linear *odn_linear_create(
    const float *weight, const float *bias, int64_t n, int64_t k, odn_type type, odn_type output,
    odn_activation activation, odn_error *error);
void odn_linear_destroy(odn_linear *linear);

// What one thread of the caller needs to run operations: compiled primitives and scratch memory.
// For one thread at a time. `threads` is how many processors its operations may use;
// `instructions` is one of the names above, NULL for the first.
typedef struct odn_worker odn_worker;
odn_worker *odn_worker_create(int32_t threads, const char *instructions, odn_error *error);
void odn_worker_destroy(odn_worker *worker);

// How many rows odn_linear_forward computes for T: a primitive is compiled for its number of rows,
// so these are rounded up to a few. Multiples of 64 run fastest.
int64_t odn_padded_rows(int64_t t);

// x: T × K in the layer's type, y: T × N in its output type, both with memory for
// odn_padded_rows(T) rows; the rows beyond T are computed from whatever stands there. A row of y
// has the same bits whatever T is and however many threads run.
bool odn_linear_forward(
    odn_worker *worker, const odn_linear *linear, const void *x, int64_t t, void *y,
    odn_error *error);

// y = LayerNorm(word[ids] + position[positions] + type[types]). Tables have H columns; type may be
// NULL. y_bf16, when not NULL, receives y rounded to bf16. The caller has checked every index.
void odn_embed(
    odn_worker *worker, const float *word, const float *position, const float *type,
    const int32_t *ids, const int32_t *positions, const int32_t *types, const float *gamma,
    const float *beta, float epsilon, int64_t t, int64_t h, float *y, uint16_t *y_bf16);

// y = LayerNorm(x + residual), row by row over H columns. residual may be NULL, y may be x.
void odn_layer_norm(
    odn_worker *worker, const float *x, const float *residual, const float *gamma,
    const float *beta, float epsilon, int64_t t, int64_t h, float *y, uint16_t *y_bf16);

// Multi-head self-attention of packed sequences: sequence s has the rows starts[s] ..< starts[s+1]
// of qkv, which is T × 3·heads·D (queries, keys, values side by side), and attends to itself only.
// context: T × heads·D, as f32 or, when context_bf16 is not NULL, as bf16 there instead.
// Returns false when memory for its scratch cannot be had.
bool odn_attention(
    odn_worker *worker, const float *qkv, const int32_t *starts, int64_t sequences, int64_t heads,
    int64_t d, float scale, float *context, uint16_t *context_bf16);

// Widening of n stored numbers to f32; bits are those of IEEE half precision and of bfloat16.
void odn_widen_f16(const uint16_t *x, int64_t n, float *y);
void odn_widen_bf16(const uint16_t *x, int64_t n, float *y);

#ifdef __cplusplus
}
#endif
#endif
