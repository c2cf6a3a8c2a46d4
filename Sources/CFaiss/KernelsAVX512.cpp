#if defined(__x86_64__)
#include "Kernels.hpp"

#pragma clang attribute push(                                                            \
    __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"))), \
    apply_to = function)
#define LANES 16
#define QUERIES 3
#define ROWS 4
#include "KernelBodies.hpp"
#pragma clang attribute pop

const cfaiss::Kernels cfaiss::avx512_kernels = KERNELS;
#endif
