// FAISS's distance functions, on our kernels.
//
// FAISS picks its kernels when it is compiled, and a package for every x86-64 processor falls back to
// loops over single numbers. libfaiss is a static archive, so the linker takes this object, which
// defines every function of its distances_simd.cpp.o that others call, in place of that. Other
// releases have other functions there, and keep them.
#include "Kernels.hpp"

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Weverything"
#include <faiss/Index.h>
#include <faiss/utils/distances.h>
#include <faiss/utils/utils.h>
#pragma clang diagnostic pop

namespace cfaiss {

static const Kernels &choose_kernels() {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw")) {
        return avx512_kernels;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return avx2_kernels;
#endif
    return baseline_kernels;
}

const Kernels &kernels = choose_kernels();

} // namespace cfaiss

#if FAISS_VERSION_MAJOR == 1 && FAISS_VERSION_MINOR == 7 && FAISS_VERSION_PATCH == 3

#include <limits>

using cfaiss::kernels;

float faiss::fvec_inner_product(const float *x, const float *y, size_t d) {
    return kernels.inner_product(x, y, d);
}

float faiss::fvec_L2sqr(const float *x, const float *y, size_t d) {
    return kernels.squared_distance(x, y, d);
}

float faiss::fvec_norm_L2sqr(const float *x, size_t d) { return kernels.inner_product(x, x, d); }

float faiss::fvec_L1(const float *x, const float *y, size_t d) {
    return kernels.sum_of_differences(x, y, d);
}

float faiss::fvec_Linf(const float *x, const float *y, size_t d) {
    return kernels.largest_difference(x, y, d);
}

void faiss::fvec_inner_products_ny(
    float *products, const float *x, const float *y, size_t d, size_t ny) {
    kernels.row_products(x, y, ny, d, products);
}

void faiss::fvec_L2sqr_ny(float *distances, const float *x, const float *y, size_t d, size_t ny) {
    kernels.row_distances(x, y, ny, d, distances);
}

/// The place of the least distance; the first of equals, 0 where none is less than infinity.
static size_t nearest(const float *distances, size_t count) {
    float least = std::numeric_limits<float>::infinity();
    size_t place = 0;
    for (size_t i = 0; i < count; i++) {
        if (distances[i] < least) {
            least = distances[i];
            place = i;
        }
    }
    return place;
}

size_t faiss::fvec_L2sqr_ny_nearest(
    float *distances, const float *x, const float *y, size_t d, size_t ny) {
    fvec_L2sqr_ny(distances, x, y, d, ny);
    return nearest(distances, ny);
}

// Component j of vector i is y[i + j * stride].
size_t faiss::fvec_L2sqr_ny_nearest_y_transposed(
    float *distances, const float *x, const float *y, const float *y_squared_norms, size_t d,
    size_t stride, size_t ny) {
    const float x_squared_norm = kernels.inner_product(x, x, d);
    for (size_t i = 0; i < ny; i++) distances[i] = x_squared_norm + y_squared_norms[i];
    for (size_t j = 0; j < d; j++) {
        kernels.add_scaled(ny, distances, -2 * x[j], y + j * stride, distances);
    }
    return nearest(distances, ny);
}

void faiss::compute_PQ_dis_tables_dsub2(
    size_t d, size_t ksub, const float *centroids, size_t nx, const float *x, bool is_inner_product,
    float *tables) {
    const size_t parts = d / 2;
    for (size_t i = 0; i < nx; i++) {
        for (size_t part = 0; part < parts; part++) {
            const float *query = x + i * d + part * 2;
            for (size_t k = 0; k < ksub; k++) {
                const float *centroid = centroids + (part * ksub + k) * 2;
                const float a = query[0] - centroid[0], b = query[1] - centroid[1];
                tables[(i * parts + part) * ksub + k] =
                    is_inner_product ? query[0] * centroid[0] + query[1] * centroid[1]
                                     : a * a + b * b;
            }
        }
    }
}

void faiss::fvec_add(size_t d, const float *a, const float *b, float *c) {
    for (size_t i = 0; i < d; i++) c[i] = a[i] + b[i];
}

void faiss::fvec_add(size_t d, const float *a, float b, float *c) {
    for (size_t i = 0; i < d; i++) c[i] = a[i] + b;
}

void faiss::fvec_sub(size_t d, const float *a, const float *b, float *c) {
    for (size_t i = 0; i < d; i++) c[i] = a[i] - b[i];
}

void faiss::fvec_madd(size_t n, const float *a, float bf, const float *b, float *c) {
    kernels.add_scaled(n, a, bf, b, c);
}

int faiss::fvec_madd_and_argmin(size_t n, const float *a, float bf, const float *b, float *c) {
    kernels.add_scaled(n, a, bf, b, c);
    float least = 1e20f;
    int place = -1;
    for (size_t i = 0; i < n; i++) {
        if (c[i] < least) {
            least = c[i];
            place = int(i);
        }
    }
    return place;
}

#endif
