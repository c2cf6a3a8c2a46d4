// A thin C interface over FAISS's C++ (https://github.com/facebookresearch/faiss).
//
// Every function that can fail returns a cfaiss_code and, when that is not CFAISS_OK, fills the
// caller's cfaiss_error. No C++ exception leaves a function. Vectors are rows of float32,
// row-major; the metric is the inner product. Calls that take a const index may run on many threads
// at once, calls that take a mutable one may not run beside any other.
#ifndef CFAISS_H
#define CFAISS_H

#include <stdbool.h>
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

/// An index of vectors: a faiss::Index, or a file that is searched where it lies.
typedef struct cfaiss_index cfaiss_index;

/// The release of FAISS, for example "1.7.3".
const char *cfaiss_version(void);

/// How many OpenMP threads cfaiss_train, cfaiss_add and cfaiss_write_graph use in calls made from the
/// calling thread, at least 1.
void cfaiss_set_threads(int32_t count);

/// The number of processors, as OpenMP counts them.
int32_t cfaiss_processor_count(void);

/// How many rows cfaiss_train takes: at least `least`, 0 where an index is not trained; of more than
/// `most` it uses a sample.
typedef struct {
    int64_t least;
    int64_t most;
} cfaiss_training;

/// Makes an empty index, to be released with cfaiss_destroy.
///
/// `factory` is one of FAISS's factory strings; the message for a wrong one names those that there
/// are. HNSW graphs are built with FAISS's efConstruction, 40.
cfaiss_code cfaiss_create(
    int32_t dimensions, const char *factory, cfaiss_index *_Nullable *_Nonnull index,
    cfaiss_training *training, cfaiss_error *error);

void cfaiss_destroy(cfaiss_index *index);

int32_t cfaiss_dimensions(const cfaiss_index *index);

/// The number of rows.
int64_t cfaiss_count(const cfaiss_index *index);

/// Learns what the kind has to learn from `count` rows, before any is added.
cfaiss_code cfaiss_train(
    cfaiss_index *index, int64_t count, const float *vectors, cfaiss_error *error);

/// Makes room for `count` rows in all, so that adding them does not copy. Kinds that cannot do so
/// ignore it.
cfaiss_code cfaiss_reserve(cfaiss_index *index, int64_t count, cfaiss_error *error);

/// Appends `count` rows, count x dimensions, to an index that was created, or read to be added to.
cfaiss_code cfaiss_add(
    cfaiss_index *index, int64_t count, const float *vectors, cfaiss_error *error);

/// How to search.
typedef struct {
    /// The number of threads, at least 1.
    int32_t threads;
    /// HNSW's efSearch, raised to k; 0 for 96.
    int32_t width;
    /// IVF's nprobe; 0 for an eighth of the lists, but at least 16.
    int32_t lists;
    /// The rows that may be found: bit row % 64 of word row / 64, for every row; null for all.
    const uint64_t *_Nullable selection;
    /// How many bits of it are set.
    int64_t selected;
} cfaiss_search_options;

/// Finds the `k` best rows, at least 1, for each of `count` queries, count x dimensions.
///
/// `rows` and `scores` hold count x k, best first and by row where scores are equal; where there are
/// fewer, the row is -1. A query has the same result in every batch and on every number of threads.
cfaiss_code cfaiss_search(
    const cfaiss_index *index, int64_t count, const float *queries, int64_t k,
    cfaiss_search_options options, int64_t *rows, float *scores, cfaiss_error *error);

/// Writes the index to a file, replacing it, and waits until it is on the disk. Every write is
/// checked, unlike in faiss::write_index. The name in the folder is not flushed.
///
/// FAISS's own bytes are followed by checksums and the generation, which other readers of FAISS
/// leave unread.
cfaiss_code cfaiss_write(
    const cfaiss_index *index, const char *path, uint64_t generation, cfaiss_error *error);

/// Opens an index in a regular file, to be released with cfaiss_destroy.
///
/// FAISS believes what a file says. So all of it is checked first, against checksums where it has
/// them, and for sizes, offsets and numbers that point elsewhere, where it has none. Flat indexes
/// and HNSW graphs over them are searched where they lie: the file must stay as it is, though its
/// name may go. Each part of these is checked when it is searched first.
///
/// - grow: whether rows will be added; the index is read into memory then.
/// - generation: 0 where the file tells none.
cfaiss_code cfaiss_open(
    const char *path, int32_t threads, bool grow, cfaiss_index *_Nullable *_Nonnull index,
    uint64_t *generation, cfaiss_error *error);

/// Checks what cfaiss_open leaves to the searches: all of a file that is searched where it lies.
cfaiss_code cfaiss_check(const cfaiss_index *index, int32_t threads, cfaiss_error *error);

/// Whether a factory string is that of an HNSW graph over rows as they are.
bool cfaiss_is_graph(const char *factory);

/// Writes the file of such a graph as cfaiss_write would, holding the graph alone in memory.
///
/// - rows: a flat index that was opened in a file. Both files' checksums are checked first.
/// - factory: of which cfaiss_is_graph holds; where there is a former graph, its kind stays.
/// - former: a graph over the first of these rows that was opened in a file, to be extended; null to
///   build one anew. cfaiss_set_threads says on how many threads that is done.
/// - path: a file that is replaced, also when this fails.
/// - threads: by how many the files are checked.
/// - generation: as cfaiss_write has it.
cfaiss_code cfaiss_write_graph(
    const cfaiss_index *rows, const char *factory, const cfaiss_index *_Nullable former,
    const char *path, int32_t threads, uint64_t generation, cfaiss_error *error);

/// The file of a flat index, while rows are appended to it.
typedef struct cfaiss_flat_writer cfaiss_flat_writer;

/// Begins a file, replacing what is there, to be ended with cfaiss_flat_writer_finish or abandoned
/// with cfaiss_flat_writer_destroy.
///
/// - lasting: whether the file is to be on the disk when it is finished.
cfaiss_code cfaiss_flat_writer_create(
    const char *path, int32_t dimensions, bool lasting, cfaiss_flat_writer *_Nullable *_Nonnull writer,
    cfaiss_error *error);

/// Appends `count` rows, count x dimensions.
cfaiss_code cfaiss_flat_writer_add(
    cfaiss_flat_writer *writer, int64_t count, const float *vectors, cfaiss_error *error);

/// Completes the file as cfaiss_write would have written it. Only destroying may follow.
cfaiss_code cfaiss_flat_writer_finish(
    cfaiss_flat_writer *writer, uint64_t generation, cfaiss_error *error);

void cfaiss_flat_writer_destroy(cfaiss_flat_writer *writer);

/// Computes the inner products of a query with `count` rows of `dimensions` numbers one after
/// another: the scores that a flat index with these rows gives, to the last bit.
void cfaiss_inner_products(
    const float *query, const float *rows, int64_t count, int32_t dimensions, float *scores);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif

#endif
