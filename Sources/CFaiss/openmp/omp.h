// What this target and FAISS's headers need of OpenMP. The omp.h of libgomp belongs to GCC, and that
// of Swift's compiler to another library than the one that FAISS and oneDNN run on.
#ifndef CFAISS_OMP_H
#define CFAISS_OMP_H

#ifdef __cplusplus
extern "C" {
#endif

/// Only passed by reference in FAISS's headers.
typedef struct omp_lock_t omp_lock_t;

void omp_set_num_threads(int);
int omp_get_num_procs(void);
int omp_get_thread_num(void);

#ifdef __cplusplus
}
#endif

#endif
