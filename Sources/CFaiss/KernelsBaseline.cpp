#include "Kernels.hpp"

#define LANES 4
#define QUERIES 2
#define ROWS 2
#include "KernelBodies.hpp"

const cfaiss::Kernels cfaiss::baseline_kernels = KERNELS;
