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
// first: "AVX-512 BF16", "AVX-512", "AVX2", "baseline". NULL beyond the last.
const char *odn_instructions(int32_t index);

// How many processors this process may run on.
int32_t odn_processors(void);

// From now on threads that wait for each other sleep rather than spin, so that other programs on the
// same processors hold them up less. For processes that live long. Some threads come to be that only
// sleep. May be called repeatedly and on any thread.
void odn_share_processors(void);

// Whether this processor multiplies bf16 numbers in hardware.
bool odn_has_bf16(void);

// y = activation(x · Wᵀ + b), with W packed for the processor. Any number of threads may use one
// while nobody packs it.
typedef struct odn_linear odn_linear;

typedef struct {
    int64_t n, k;
    odn_type type;    // of x, W and the product
    odn_type output;  // of y
    odn_activation activation;
    bool transposed;   // W is given as K × N
    bool accumulates;  // y += … instead of y = …
} odn_linear_shape;

// Matrices that stand one below the other as the weights of a layer: `rows` × K f32 each, N rows in
// all; transposed, one of K × N.
typedef struct {
    const float *numbers;
    int64_t rows;
} odn_matrix;

// A layer without weights, with a bias of zeros. NULL when it fails.
odn_linear *odn_linear_create(const odn_linear_shape *shape, odn_error *error);
// Takes a bias of N f32, which is copied.
void odn_linear_set_bias(odn_linear *linear, const float *bias);
void odn_linear_destroy(odn_linear *linear);

// What one thread of the caller needs to run operations: compiled primitives and scratch memory.
// For one thread at a time. `threads` is how many processors its operations may use;
// `instructions` is one of the names above, NULL for the first.
typedef struct odn_worker odn_worker;
odn_worker *odn_worker_create(int32_t threads, const char *instructions, odn_error *error);
void odn_worker_destroy(odn_worker *worker);

// Takes weights, in the place of those that it has; they are copied. `worker` may be NULL: then the
// calling thread's setting of OpenMP says how many processors are used.
bool odn_linear_pack(
    const odn_worker *worker, odn_linear *linear, const odn_matrix *weight, int64_t matrices,
    odn_error *error);

// How many rows odn_linear_forward computes for T: a primitive is compiled for its number of rows,
// so these are rounded up to a few. Multiples of 32 and 64 run fastest, of 12 where
// oneDNN has no product of packed weights.
int64_t odn_padded_rows(int64_t t);

// x: T × K in the layer's type, y: T × N in its output type, both with memory for
// odn_padded_rows(T) rows; the rows beyond T are computed from whatever stands there. A row of y
// has the same bits whatever T is and however many threads run.
bool odn_linear_forward(
    odn_worker *worker, const odn_linear *linear, const void *x, int64_t t, void *y,
    odn_error *error);

// The same with weights that are packed for this once, into memory of the worker that every layer
// uses again: it stays in the processor's cache, so that packing takes little more than reading the
// weights. The same bits.
bool odn_linear_forward_once(
    odn_worker *worker, const odn_linear *linear, const odn_matrix *weight, int64_t matrices,
    const void *x, int64_t t, void *y, odn_error *error);

// A layer and its weights, as one array of matrices.
typedef struct {
    const odn_linear *linear;
    const odn_matrix *weight;
} odn_weighted;

// Begins to pack the weights of layers on a thread of its own, ahead of odn_linear_forward_once, which
// must then be called for these layers in this order. For a worker of one thread, which keeps two
// processors busy in this way. The weights' numbers stay where they are as long as the worker lives; the
// arrays may go. For layers only that can be packed so: oneDNN may want weights in a way that it alone
// knows.
bool odn_worker_pack_ahead(
    odn_worker *worker, const odn_weighted *layers, int64_t count, odn_error *error);
bool odn_linear_packs_ahead(const odn_linear *linear);

// The way back of y = x · Wᵀ + b to its parameters: dweight += dyᵀ · x (N × K f32) and dbias += the
// sum of dy's rows, for x: T × K and dy: T × N, both of `type`. The rows of x and dy beyond T, up to
// odn_padded_rows(T), become zeros. dbias may be NULL.
bool odn_linear_gradient(
    odn_worker *worker, odn_type type, void *x, void *dy, int64_t t, int64_t n, int64_t k,
    float *dweight, float *dbias, odn_error *error);

// y = activation(x) and dx = dy · activation'(x), for T × N numbers with memory for
// odn_padded_rows(T) rows. dx may be dy.
bool odn_activate(
    odn_worker *worker, odn_activation activation, const float *x, int64_t t, int64_t n, float *y,
    odn_error *error);
bool odn_activate_backward(
    odn_worker *worker, odn_activation activation, const float *x, const float *dy, int64_t t,
    int64_t n, float *dx, odn_error *error);

// c = alpha · op(a) · op(b) + beta · c for row-major f32 matrices without gaps, c being M × N, the
// inner size K; op transposes where asked.
bool odn_product(
    odn_worker *worker, bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k,
    float alpha, const float *a, const float *b, float beta, float *c, odn_error *error);

// Dropout at one place of the network: an element is kept with probability 1 - rate and scaled by
// 1 / (1 - rate). Whether it is kept depends on its row's key, the place and its column alone.
typedef struct {
    float rate;            // in [0, 1)
    uint32_t site;         // which place
    const uint64_t *keys;  // one a row
} odn_dropout;

// y = dropout(LayerNorm(word[ids] + position[positions] + type[types])). Tables have H columns;
// position and type may be NULL. y_bf16, when not NULL, receives y rounded to bf16. For the way back, `normalized`
// (T × H) and `inverse` (T) receive the normalized rows and the inverse standard deviations, when
// not NULL. dropout may be NULL. The caller has checked every index.
bool odn_embed(
    odn_worker *worker, const float *word, const float *position, const float *type,
    const int32_t *ids, const int32_t *positions, const int32_t *types, const float *gamma,
    const float *beta, float epsilon, int64_t t, int64_t h, const odn_dropout *dropout, float *y,
    uint16_t *y_bf16, float *normalized, float *inverse);

// The way back: adds to the gradients of the tables and of the layer norm, each of which may be
// NULL. The same bits for any number of threads.
bool odn_embed_backward(
    odn_worker *worker, const float *dy, const float *normalized, const float *inverse,
    const int32_t *ids, const int32_t *positions, const int32_t *types, const float *gamma,
    int64_t t, int64_t h, const odn_dropout *dropout, float *dword, float *dposition, float *dtype,
    float *dgamma, float *dbeta);

// y = LayerNorm(dropout(x) + residual), row by row over H columns. residual and dropout may be NULL,
// y may be x or residual. normalized and inverse as above.
bool odn_layer_norm(
    odn_worker *worker, const float *x, const float *residual, const float *gamma,
    const float *beta, float epsilon, int64_t t, int64_t h, const odn_dropout *dropout, float *y,
    uint16_t *y_bf16, float *normalized, float *inverse);

// The way back: adds to dx, and to dresidual, dgamma and dbeta, each of which may be NULL. The same
// bits for any number of threads.
bool odn_layer_norm_backward(
    odn_worker *worker, const float *dy, const float *normalized, const float *inverse,
    const float *gamma, int64_t t, int64_t h, const odn_dropout *dropout, float *dx,
    float *dresidual, float *dgamma, float *dbeta);

// What is added to the products of queries and keys before they are scaled, by the distance j - i of key
// j from query i, from -(reach - 1) to reach - 1: heads × (2·reach - 1) numbers, and memory for
// ODN_BIAS_PADDING more behind them. No sequence is longer than reach.
typedef struct {
    const float *numbers;
    int64_t reach;
} odn_attention_bias;
#define ODN_BIAS_PADDING 16

// Multi-head self-attention of packed sequences: sequence s has the rows starts[s] ..< starts[s+1]
// of qkv, which is T × 3·heads·D (queries, keys, values side by side), and attends to itself only.
// context: T × heads·D, as f32 or, when context_bf16 is not NULL, as bf16 there instead. dropout,
// of the weights of the values, may be NULL.
// bias may be NULL. This and the functions above return false when memory for their scratch cannot be
// had.
bool odn_attention(
    odn_worker *worker, const float *qkv, const int32_t *starts, int64_t sequences, int64_t heads,
    int64_t d, float scale, const odn_attention_bias *bias, const odn_dropout *dropout, float *context,
    uint16_t *context_bf16);

// The way back: adds to d_qkv (T × 3·heads·D) for the gradient d_context (T × heads·D), and to d_bias
// (heads × (2·reach - 1)), which may be NULL. The same bits for any number of threads.
bool odn_attention_backward(
    odn_worker *worker, const float *qkv, const int32_t *starts, int64_t sequences, int64_t heads,
    int64_t d, float scale, const odn_attention_bias *bias, const odn_dropout *dropout,
    const float *d_context, float *d_qkv, float *d_bias);

// Rotates the queries and keys of qkv (T × 3·heads·D) in place by their positions: the pair of elements
// i and i + D/2 by an angle whose cosine and sine stand at positions[row]·D/2 + i of the tables, or back
// by it.
void odn_rotate(
    odn_worker *worker, float *qkv, int64_t t, int64_t heads, int64_t d, const int32_t *positions,
    const float *cosines, const float *sines, bool back);

// y = a · b, element by element, for T × N numbers; y_bf16, when not NULL, receives y rounded to bf16.
// The way back: da += dy · b, db += dy · a.
void odn_multiply(
    odn_worker *worker, const float *a, const float *b, int64_t t, int64_t n, float *y, uint16_t *y_bf16);
void odn_multiply_backward(
    odn_worker *worker, const float *dy, const float *a, const float *b, int64_t t, int64_t n, float *da,
    float *db);

// y = dropout(x) + residual for T × H numbers; dropout may be NULL. The way back: dx += dropout(dy),
// dresidual += dy.
void odn_residual(
    odn_worker *worker, const float *x, const float *residual, int64_t t, int64_t h,
    const odn_dropout *dropout, float *y);
void odn_residual_backward(
    odn_worker *worker, const float *dy, int64_t t, int64_t h, const odn_dropout *dropout, float *dx,
    float *dresidual);

// y += x, and y = x rounded to bf16.
void odn_add(odn_worker *worker, const float *x, int64_t count, float *y);
void odn_round_bf16(odn_worker *worker, const float *x, int64_t count, uint16_t *y);

// The sum of squares, in double precision between runs of a few hundred numbers; the same bits for
// any number of threads.
double odn_squares(odn_worker *worker, const float *x, int64_t count);

// x = 0
void odn_clear(odn_worker *worker, float *x, int64_t count);

// One step of AdamW for numbers x with moments m and v:
//   g = gradient · gradient_scale,  m = β₁m + (1 - β₁)g,  v = β₂v + (1 - β₂)g²,
//   x = x · (1 - rate · decay) - rate · m · mean_correction / (√(v · square_correction) + ε)
typedef struct {
    float rate, beta1, beta2, epsilon, decay, mean_correction, square_correction, gradient_scale;
} odn_adamw;
void odn_adamw_step(
    odn_worker *worker, const odn_adamw *step, const float *gradient, int64_t count, float *x,
    float *m, float *v);

// Widening of n stored numbers to f32; bits are those of IEEE half precision and of bfloat16.
void odn_widen_f16(const uint16_t *x, int64_t n, float *y);
void odn_widen_bf16(const uint16_t *x, int64_t n, float *y);

#ifdef __cplusplus
}
#endif
#endif
