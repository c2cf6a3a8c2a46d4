#include "Kernels.h"

#define KERNELS baseline
#define NAME "baseline"
#define WIDTH 4
#define ROWS 4
#define FUSED 0
#define PAIRS 0
#include "Table.h"
