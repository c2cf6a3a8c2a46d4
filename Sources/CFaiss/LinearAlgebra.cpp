// The BLAS and LAPACK functions that FAISS calls, found by the linker here and not in a library:
// OpenBLAS, which Debian's libblas and liblapack become once it is installed, starts a pool of
// threads in every process that links it, which costs more than a search.
//
// FAISS's products of float32 run in oneDNN, as the encoder's do. The rest serves the training of
// some kinds of index and is looked up in the system's libraries at the first call.
#include <dlfcn.h>
#include <dnnl.h>

#include <stdexcept>
#include <string>

namespace {

void *find(const char *library, const char *function) {
    void *handle = dlopen(library, RTLD_LAZY | RTLD_LOCAL);
    void *found = handle ? dlsym(handle, function) : nullptr;
    if (!found) {
        throw std::runtime_error(
            std::string("training this kind of index needs ") + function + " of " + library +
            ", which is not installed");
    }
    return found;
}

template <class... Arguments>
int call(void *function, Arguments... arguments) {
    return reinterpret_cast<int (*)(Arguments...)>(function)(arguments...);
}

} // namespace

// Fortran takes every argument by reference, so one signature serves each number of them.
#define P void *
#define FORWARD(library, name, parameters, ...)               \
    int name parameters {                                     \
        static void *const function = find(library, #name);   \
        return call(function, __VA_ARGS__);                   \
    }
#define LAPACK "liblapack.so.3"
#define BLAS "libblas.so.3"

extern "C" {

// Fortran's matrices are column-major, oneDNN's row-major: the transposed product is computed.
int sgemm_(
    const char *transa, const char *transb, const int *m, const int *n, const int *k,
    const float *alpha, const float *a, const int *lda, const float *b, const int *ldb,
    const float *beta, float *c, const int *ldc) {
    const dnnl_status_t status = dnnl_sgemm(
        *transb, *transa, *n, *m, *k, *alpha, b, *ldb, a, *lda, *beta, c, *ldc);
    if (status != dnnl_success) throw std::runtime_error("oneDNN refuses a matrix product");
    return 0;
}

FORWARD(BLAS, ssyrk_, (P a, P b, P c, P d, P e, P f, P g, P h, P i, P j), a, b, c, d, e, f, g, h, i, j)
FORWARD(
    BLAS, dgemm_, (P a, P b, P c, P d, P e, P f, P g, P h, P i, P j, P k, P l, P m), a, b, c, d, e,
    f, g, h, i, j, k, l, m)
FORWARD(LAPACK, sgetrf_, (P a, P b, P c, P d, P e, P f), a, b, c, d, e, f)
FORWARD(LAPACK, dgetrf_, (P a, P b, P c, P d, P e, P f), a, b, c, d, e, f)
FORWARD(LAPACK, sgetri_, (P a, P b, P c, P d, P e, P f, P g), a, b, c, d, e, f, g)
FORWARD(LAPACK, dgetri_, (P a, P b, P c, P d, P e, P f, P g), a, b, c, d, e, f, g)
FORWARD(LAPACK, sgeqrf_, (P a, P b, P c, P d, P e, P f, P g, P h), a, b, c, d, e, f, g, h)
FORWARD(LAPACK, sorgqr_, (P a, P b, P c, P d, P e, P f, P g, P h, P i), a, b, c, d, e, f, g, h, i)
FORWARD(LAPACK, dsyev_, (P a, P b, P c, P d, P e, P f, P g, P h, P i), a, b, c, d, e, f, g, h, i)
FORWARD(
    LAPACK, sgesvd_, (P a, P b, P c, P d, P e, P f, P g, P h, P i, P j, P k, P l, P m, P n), a, b,
    c, d, e, f, g, h, i, j, k, l, m, n)
FORWARD(
    LAPACK, dgesvd_, (P a, P b, P c, P d, P e, P f, P g, P h, P i, P j, P k, P l, P m, P n), a, b,
    c, d, e, f, g, h, i, j, k, l, m, n)
FORWARD(
    LAPACK, sgelsd_, (P a, P b, P c, P d, P e, P f, P g, P h, P i, P j, P k, P l, P m, P n), a, b,
    c, d, e, f, g, h, i, j, k, l, m, n)
}
