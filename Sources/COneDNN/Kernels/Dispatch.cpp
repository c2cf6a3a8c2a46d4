#include "Kernels.h"

namespace kernels {

const Table *const *available() {
    static const Table *tables[5];
    static const bool once = [] {
        int count = 0;
#if defined(__x86_64__)
        __builtin_cpu_init();
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
            __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
            if (__builtin_cpu_supports("avx512bf16")) tables[count++] = &avx512_bf16;
            tables[count++] = &avx512;
        }
        if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
            tables[count++] = &avx2;
#endif
        tables[count] = &baseline;
        return true;
    }();
    (void)once;
    return tables;
}

}  // namespace kernels
