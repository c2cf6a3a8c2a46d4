#include "Kernels.h"

#define KERNELS avx2
#define NAME "AVX2"
#define WIDTH 8
#define ROWS 4
#define FUSED 1
#define PAIRS 0

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "Table.h"

#pragma clang attribute pop
