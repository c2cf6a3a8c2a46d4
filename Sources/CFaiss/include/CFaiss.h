// A thin C interface over FAISS's C++ (https://github.com/facebookresearch/faiss).
//
// Every function that can fail returns a cfaiss_code and, when that is not CFAISS_OK, fills the
// caller's cfaiss_error. No C++ exception leaves a function. Vectors are rows of float32,
// row-major; the metric is the inner product. Calls that take a const index may run on many threads
// at once, calls that take a mutable one may not run beside any other.
#ifndef CFAISS_H
#define CFAISS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

typedef enum {
    CFAISS_OK = 0,
    /// An argument that FAISS cannot take.
    CFAISS_INVALID_ARGUMENT = 1,
    CFAISS_OUT_OF_MEMORY = 2,
    /// The operating system refused to open, read, write or flush a file.
    CFAISS_IO = 3,
    /// A file that is no index of a kind that this interface reads, or that is damaged.
    CFAISS_MALFORMED_FILE = 4,
    /// Any other exception of FAISS.
    CFAISS_LIBRARY = 5,
} cfaiss_code;

typedef struct {
    /// UTF-8, terminated by 0, cut to fit.
    char message[512];
} cfaiss_error;

/// A faiss::Index.
typedef struct cfaiss_index cfaiss_index;

/// Rows that a range search found: `count` rows with their scores, in no order.
typedef struct {
    int64_t count;
    int64_t *_Nullable rows;
    float *_Nullable scores;
} cfaiss_matches;

/// The release of FAISS, for example "1.7.3".
const char *cfaiss_version(void);

/// How many OpenMP threads FAISS uses in calls made from the calling thread, at least 1.
void cfaiss_set_threads(int32_t count);

/// The number of processors, as OpenMP counts them.
int32_t cfaiss_processor_count(void);

/// Makes an empty index, to be released with cfaiss_destroy.
///
/// `factory` is FAISS's factory string. "Flat" is the one kind so far.
cfaiss_code cfaiss_create(
    int32_t dimensions, const char *factory, cfaiss_index *_Nullable *_Nonnull index,
    cfaiss_error *error);

void cfaiss_destroy(cfaiss_index *index);

int32_t cfaiss_dimensions(const cfaiss_index *index);

/// The number of rows.
int64_t cfaiss_count(const cfaiss_index *index);

/// The rows of a flat index, count x dimensions, valid until the index changes or is destroyed.
const float *_Nullable cfaiss_vectors(const cfaiss_index *index);

/// Makes room for `count` rows in all, so that adding them does not copy.
cfaiss_code cfaiss_reserve(cfaiss_index *index, int64_t count, cfaiss_error *error);

/// Appends `count` rows, count x dimensions.
cfaiss_code cfaiss_add(
    cfaiss_index *index, int64_t count, const float *vectors, cfaiss_error *error);

/// Finds the `k` best rows for each of `count` queries, count x dimensions.
///
/// `rows` and `scores` hold count x k, best first; where there are fewer, the row is -1. Of rows
/// with equal scores any may come first, or be left out. From 20 queries on FAISS computes the
/// scores with a matrix product, whose rounding differs from that of cfaiss_scores.
cfaiss_code cfaiss_search(
    const cfaiss_index *index, int64_t count, const float *queries, int64_t k, int64_t *rows,
    float *scores, cfaiss_error *error);

/// Computes the scores of given rows: `rows` and `scores` hold count x k.
cfaiss_code cfaiss_scores(
    const cfaiss_index *index, int64_t count, const float *queries, int64_t k, const int64_t *rows,
    float *scores, cfaiss_error *error);

/// Finds every row with a score greater than `threshold` for one query. Release the matches with
/// cfaiss_matches_destroy.
cfaiss_code cfaiss_search_range(
    const cfaiss_index *index, const float *query, float threshold, cfaiss_matches *matches,
    cfaiss_error *error);

void cfaiss_matches_destroy(cfaiss_matches *matches);

/// Writes the index to a file, replacing it, and waits until it is on the disk. Every write is
/// checked, unlike in faiss::write_index. The name in the folder is not flushed.
///
/// A generation other than 0 is written after FAISS's own bytes, which other readers of FAISS leave
/// unread.
cfaiss_code cfaiss_write(
    const cfaiss_index *index, const char *path, uint64_t generation, cfaiss_error *error);

/// Reads an index from a regular file, to be released with cfaiss_destroy.
///
/// FAISS believes the sizes in a file. So the header is checked here first against the file's size;
/// only flat inner-product indexes ("IxFI") are read. `generation` is 0 where the file tells none.
cfaiss_code cfaiss_read(
    const char *path, cfaiss_index *_Nullable *_Nonnull index, uint64_t *generation,
    cfaiss_error *error);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif

#endif
