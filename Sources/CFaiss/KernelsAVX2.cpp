#if defined(__x86_64__)
#include "Kernels.hpp"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define LANES 8
#define QUERIES 2
#define ROWS 3
#include "KernelBodies.hpp"
#pragma clang attribute pop

const cfaiss::Kernels cfaiss::avx2_kernels = KERNELS;
#endif
