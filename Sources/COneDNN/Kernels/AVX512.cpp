#include "Kernels.h"

#define KERNELS avx512
#define NAME "AVX-512"
#define WIDTH 16
#define ROWS 8
#define FUSED 1
#define PAIRS 0

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#include "Table.h"

#pragma clang attribute pop
