// The kernels, written once with clang's vector extension. The file that includes this defines
//   KERNELS   the name of its table
//   WIDTH     floats a vector
//   ROWS      rows that attention handles at a time: as many as the registers hold
//   FUSED     1 where the instruction set has fused multiply-add
//   PAIRS     1 where it multiplies pairs of bf16 numbers
// and sets the target for all functions between Kernels.h and here.
//
// Every sum runs in an order that depends on the row's own length alone, never on its neighbours.
#include "VectorMath.h"

#include "Dropout.h"

#include "Attention.h"
#include "Elementwise.h"
#include "Gelu.h"
#include "LayerNorm.h"
#include "Transpose.h"

const kernels::Table kernels::KERNELS = {
    NAME,         attention,           attention_backward, attention_scratch, layer_norm,
    layer_norm_backward, drop,         add,                round_bf16,        squares,
    adamw,        gelu,                gelu_bf16,          gelu_backward,
    transpose};
