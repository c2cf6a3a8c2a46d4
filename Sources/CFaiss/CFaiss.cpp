#include "CFaiss.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Weverything"
#include <faiss/IndexFlat.h>
#include <faiss/impl/AuxIndexStructures.h>
#include <faiss/impl/FaissException.h>
#include <faiss/impl/io.h>
#include <faiss/index_factory.h>
#include <faiss/index_io.h>
#pragma clang diagnostic pop

// Declared by hand, because omp.h belongs to the compiler that FAISS was built with.
extern "C" void omp_set_num_threads(int);
extern "C" int omp_get_num_procs(void);

struct cfaiss_index {
    std::unique_ptr<faiss::IndexFlat> faiss;
};

namespace {

struct Failure : std::runtime_error {
    cfaiss_code code;

    Failure(cfaiss_code code, const std::string &message)
        : std::runtime_error(message), code(code) {}
};

Failure system_failure(const char *what, int number = errno) {
    return Failure(CFAISS_IO, std::string(what) + ": " + std::strerror(number));
}

cfaiss_code fail(cfaiss_error *error, cfaiss_code code, const char *message) {
    std::snprintf(error->message, sizeof error->message, "%s", message);
    return code;
}

// Runs `body` and turns whatever it throws into a code and a message.
template <typename Body>
cfaiss_code guarded(cfaiss_error *error, Body body) noexcept {
    try {
        body();
        return CFAISS_OK;
    } catch (const Failure &failure) {
        return fail(error, failure.code, failure.what());
    } catch (const std::bad_alloc &) {
        return fail(error, CFAISS_OUT_OF_MEMORY, "out of memory");
    } catch (const std::length_error &) {
        return fail(error, CFAISS_OUT_OF_MEMORY, "larger than memory can be");
    } catch (const std::exception &exception) {
        return fail(error, CFAISS_LIBRARY, exception.what());
    } catch (...) {
        return fail(error, CFAISS_LIBRARY, "an unknown exception");
    }
}

struct FileCloser {
    void operator()(FILE *file) const { std::fclose(file); }
};

using File = std::unique_ptr<FILE, FileCloser>;

File open_file(const char *path, int flags, const char *mode) {
    const int descriptor = ::open(path, flags | O_CLOEXEC, 0666);
    if (descriptor < 0) throw system_failure("cannot open");
    FILE *file = ::fdopen(descriptor, mode);
    if (file == nullptr) {
        const int number = errno;
        ::close(descriptor);
        throw system_failure("cannot open", number);
    }
    return File(file);
}

struct CheckedWriter : faiss::IOWriter {
    FILE *file;

    explicit CheckedWriter(FILE *file) : file(file) {}

    size_t operator()(const void *bytes, size_t size, size_t count) override {
        if (std::fwrite(bytes, size, count, file) != count) throw system_failure("cannot write");
        return count;
    }
};

struct CheckedReader : faiss::IOReader {
    FILE *file;

    explicit CheckedReader(FILE *file) : file(file) {}

    size_t operator()(void *bytes, size_t size, size_t count) override {
        const size_t found = std::fread(bytes, size, count, file);
        if (found != count && std::ferror(file)) throw system_failure("cannot read");
        return found;
    }
};

template <typename Value>
Value read_value(CheckedReader &reader) {
    Value value;
    if (reader(&value, sizeof value, 1) != 1) {
        throw Failure(CFAISS_MALFORMED_FILE, "the file ends within the header");
    }
    return value;
}

// What faiss/impl/index_write.cpp writes before the vectors of an IndexFlatIP, without padding:
// "IxFI", int32 d, int64 ntotal, twice int64 1 << 20, bool is_trained, int32 metric_type, and the
// number of floats as uint64. Little-endian, as is every machine that FAISS 1.7 supports.
constexpr uint64_t flat_header_size = 4 + 4 + 8 + 8 + 8 + 1 + 4 + 8;

void check_kind(CheckedReader &reader) {
    const auto kind = read_value<uint32_t>(reader);
    if (kind == faiss::fourcc("IxFI")) return;
    throw Failure(
        CFAISS_MALFORMED_FILE,
        "starts with \"" + faiss::fourcc_inv_printable(kind) +
            "\" where the \"IxFI\" of a flat inner-product index should be");
}

// What may follow FAISS's own bytes, which every reader of FAISS leaves unread: this mark and a
// generation, little-endian.
constexpr char generation_mark[] = {'K', 'O', 'T', 'A', 'E', 'G', 'E', 'N'};
constexpr uint64_t trailer_size = sizeof generation_mark + sizeof(uint64_t);

void write_trailer(CheckedWriter &writer, uint64_t generation) {
    writer(generation_mark, sizeof generation_mark, 1);
    writer(&generation, sizeof generation, 1);
}

uint64_t read_trailer(FILE *file, uint64_t position) {
    if (std::fseek(file, long(position), SEEK_SET) != 0) throw system_failure("cannot read");
    CheckedReader reader(file);
    for (const char expected : generation_mark) {
        if (read_value<char>(reader) != expected) {
            throw Failure(CFAISS_MALFORMED_FILE, "the mark after the vectors is damaged");
        }
    }
    return read_value<uint64_t>(reader);
}

// Returns the generation, 0 where the file tells none, and leaves the file at its start.
uint64_t check_flat_file(FILE *file) {
    struct stat status;
    if (::fstat(::fileno(file), &status) != 0) throw system_failure("cannot read");
    if (S_ISDIR(status.st_mode)) throw system_failure("cannot read", EISDIR);
    if (!S_ISREG(status.st_mode)) throw Failure(CFAISS_IO, "cannot read: not a regular file");

    CheckedReader reader(file);
    check_kind(reader);
    const auto dimensions = read_value<int32_t>(reader);
    const auto count = read_value<int64_t>(reader);
    const auto filler = read_value<int64_t>(reader);
    const auto second_filler = read_value<int64_t>(reader);
    const auto is_trained = read_value<uint8_t>(reader);
    const auto metric = read_value<int32_t>(reader);
    const auto floats = read_value<uint64_t>(reader);
    if (dimensions <= 0 || count < 0 || is_trained != 1 || filler != 1 << 20 ||
        second_filler != 1 << 20 || metric != faiss::METRIC_INNER_PRODUCT) {
        throw Failure(CFAISS_MALFORMED_FILE, "the header is damaged");
    }
    uint64_t expected = 0, size = 0;
    if (__builtin_mul_overflow(uint64_t(count), uint64_t(dimensions), &expected) ||
        expected != floats || __builtin_mul_overflow(floats, sizeof(float), &size) ||
        __builtin_add_overflow(size, flat_header_size, &size) ||
        (size != uint64_t(status.st_size) && size + trailer_size != uint64_t(status.st_size))) {
        throw Failure(
            CFAISS_MALFORMED_FILE,
            "the header tells of " + std::to_string(count) + " vectors of " +
                std::to_string(dimensions) + " dimensions, which the file's " +
                std::to_string(status.st_size) + " bytes are not: cut off or damaged");
    }
    const uint64_t generation = size == uint64_t(status.st_size) ? 0 : read_trailer(file, size);
    if (std::fseek(file, 0, SEEK_SET) != 0) throw system_failure("cannot read");
    return generation;
}

std::unique_ptr<faiss::IndexFlat> flat(faiss::Index *index) {
    std::unique_ptr<faiss::Index> owner(index);
    auto *result = dynamic_cast<faiss::IndexFlat *>(index);
    if (result == nullptr) throw Failure(CFAISS_LIBRARY, "FAISS did not make a flat index");
    owner.release();
    return std::unique_ptr<faiss::IndexFlat>(result);
}

} // namespace

const char *cfaiss_version(void) {
#define CFAISS_TEXT(value) #value
#define CFAISS_VERSION(major, minor, patch) \
    CFAISS_TEXT(major) "." CFAISS_TEXT(minor) "." CFAISS_TEXT(patch)
    return CFAISS_VERSION(FAISS_VERSION_MAJOR, FAISS_VERSION_MINOR, FAISS_VERSION_PATCH);
}

void cfaiss_set_threads(int32_t count) { omp_set_num_threads(count < 1 ? 1 : count); }

int32_t cfaiss_processor_count(void) { return omp_get_num_procs(); }

cfaiss_code cfaiss_create(
    int32_t dimensions, const char *factory, cfaiss_index **index, cfaiss_error *error) {
    return guarded(error, [&] {
        if (dimensions < 1 || dimensions > std::numeric_limits<int32_t>::max() / 4) {
            throw Failure(
                CFAISS_INVALID_ARGUMENT,
                "vectors cannot have " + std::to_string(dimensions) + " dimensions");
        }
        if (std::strcmp(factory, "Flat") != 0) {
            throw Failure(
                CFAISS_INVALID_ARGUMENT,
                "the kind of index '" + std::string(factory) + "' is unknown; there is 'Flat'");
        }
        std::unique_ptr<cfaiss_index> result(new cfaiss_index);
        result->faiss =
            flat(faiss::index_factory(dimensions, factory, faiss::METRIC_INNER_PRODUCT));
        *index = result.release();
    });
}

void cfaiss_destroy(cfaiss_index *index) { delete index; }

int32_t cfaiss_dimensions(const cfaiss_index *index) { return index->faiss->d; }

int64_t cfaiss_count(const cfaiss_index *index) { return index->faiss->ntotal; }

const float *cfaiss_vectors(const cfaiss_index *index) {
    const faiss::IndexFlat &flat = *index->faiss;
    return flat.get_xb();
}

cfaiss_code cfaiss_reserve(cfaiss_index *index, int64_t count, cfaiss_error *error) {
    return guarded(error, [&] {
        uint64_t size = 0;
        if (count < 0 ||
            __builtin_mul_overflow(uint64_t(count), index->faiss->code_size, &size)) {
            throw Failure(
                CFAISS_INVALID_ARGUMENT, "no room for " + std::to_string(count) + " rows");
        }
        index->faiss->codes.reserve(size);
    });
}

cfaiss_code cfaiss_add(
    cfaiss_index *index, int64_t count, const float *vectors, cfaiss_error *error) {
    return guarded(error, [&] { index->faiss->add(count, vectors); });
}

cfaiss_code cfaiss_search(
    const cfaiss_index *index, int64_t count, const float *queries, int64_t k, int64_t *rows,
    float *scores, cfaiss_error *error) {
    return guarded(error, [&] { index->faiss->search(count, queries, k, scores, rows); });
}

cfaiss_code cfaiss_scores(
    const cfaiss_index *index, int64_t count, const float *queries, int64_t k, const int64_t *rows,
    float *scores, cfaiss_error *error) {
    return guarded(error, [&] {
        index->faiss->compute_distance_subset(count, queries, k, scores, rows);
    });
}

cfaiss_code cfaiss_search_range(
    const cfaiss_index *index, const float *query, float threshold, cfaiss_matches *matches,
    cfaiss_error *error) {
    return guarded(error, [&] {
        faiss::RangeSearchResult result(1);
        index->faiss->range_search(1, query, threshold, &result);
        matches->count = int64_t(result.lims[1]);
        matches->rows = result.labels;
        matches->scores = result.distances;
        // The caller has them now; RangeSearchResult allocates with new[].
        result.labels = nullptr;
        result.distances = nullptr;
    });
}

void cfaiss_matches_destroy(cfaiss_matches *matches) {
    delete[] matches->rows;
    delete[] matches->scores;
    *matches = {0, nullptr, nullptr};
}

cfaiss_code cfaiss_write(
    const cfaiss_index *index, const char *path, uint64_t generation, cfaiss_error *error) {
    return guarded(error, [&] {
        File file = open_file(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, "wb");
        CheckedWriter writer(file.get());
        faiss::write_index(index->faiss.get(), &writer);
        if (generation != 0) write_trailer(writer, generation);
        if (std::fflush(file.get()) != 0) throw system_failure("cannot write");
        if (::fsync(::fileno(file.get())) != 0) throw system_failure("cannot flush to the disk");
        if (std::fclose(file.release()) != 0) throw system_failure("cannot close");
    });
}

cfaiss_code cfaiss_read(
    const char *path, cfaiss_index **index, uint64_t *generation, cfaiss_error *error) {
    return guarded(error, [&] {
        // O_NONBLOCK: a pipe in the file's place is refused rather than waited for.
        File file = open_file(path, O_RDONLY | O_NONBLOCK, "rb");
        *generation = check_flat_file(file.get());
        CheckedReader reader(file.get());
        std::unique_ptr<cfaiss_index> result(new cfaiss_index);
        result->faiss = flat(faiss::read_index(&reader));
        *index = result.release();
    });
}
