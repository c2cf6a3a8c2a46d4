#include "Worker.h"

extern "C" {

bool odn_product(
    odn_worker *worker, bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k,
    float alpha, const float *a, const float *b, float beta, float *c, odn_error *error) {
    return odn_guard(error, [&] {
        omp_set_num_threads(worker->threads);
        const auto status = dnnl_sgemm(
            transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N', m, n, k, alpha, a,
            transpose_a ? m : k, b, transpose_b ? k : n, beta, c, n);
        dnnl::error::wrap_c_api(status, "dnnl_sgemm failed");
    });
}
}
