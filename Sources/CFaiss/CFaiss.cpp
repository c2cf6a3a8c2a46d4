#include "CFaiss.h"

#include "Errors.hpp"
#include "Files.hpp"
#include "Format.hpp"
#include "GraphFile.hpp"
#include "Kernels.hpp"
#include "Kinds.hpp"
#include "Mapping.hpp"
#include "Searcher.hpp"
#include "Threads.hpp"

#include <algorithm>
#include <memory>
#include <string>

using namespace cfaiss;

/// Either in memory, with `faiss`, or in a file, with `mapping` and `contents`.
struct cfaiss_index {
    int32_t dimensions = 0;
    int64_t count = 0;
    Training training;
    std::unique_ptr<Mapping> mapping;
    std::unique_ptr<Contents> contents;
    std::unique_ptr<faiss::Index> faiss;
    /// Looks into the members above.
    std::unique_ptr<Searcher> searcher;

    void adopt(std::unique_ptr<faiss::Index> index) {
        faiss = std::move(index);
        refresh();
    }

    void refresh() {
        searcher.reset();
        dimensions = faiss->d;
        count = faiss->ntotal;
        searcher = make_searcher(*faiss);
    }

    faiss::Index &growing() {
        if (faiss == nullptr) throw invalid("this index was not opened for adding rows");
        return *faiss;
    }
};

struct cfaiss_flat_writer {
    FileWriter file;
    int32_t dimensions;
    int64_t count = 0;
};

namespace {

/// Rows that FAISS is given at a time, so that what it allocates for them stays small.
constexpr int64_t rows_at_a_time = 1 << 16;

void open_in_place(cfaiss_index &index, Parsed parsed) {
    index.dimensions = parsed.dimensions;
    index.count = parsed.count;
    auto rows = std::make_unique<FlatSearcher>(parsed.rows);
    if (parsed.has_graph) {
        index.searcher =
            std::make_unique<GraphSearcher>(std::move(parsed.graph), std::move(rows));
    } else {
        index.searcher = std::move(rows);
    }
}

/// All of an index's file, checked.
Parsed parsed_whole(const cfaiss_index &index, int32_t threads) {
    if (index.contents != nullptr) {
        Parsed parsed = parse(*index.contents, true, threads);
        if (parsed.in_place) return parsed;
    }
    throw invalid("an index must be in a file and searched there");
}

void copy(const Contents &contents, FileWriter &file) {
    for (uint64_t begin = 0; begin < contents.size(); begin += block_size) {
        const uint64_t end = std::min(begin + block_size, contents.size());
        contents.check(begin, end);
        file.write(contents.bytes() + begin, end - begin);
    }
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
    int32_t dimensions, const char *factory, cfaiss_index **index, cfaiss_training *training,
    cfaiss_error *error) {
    return guarded(error, [&] {
        auto result = std::make_unique<cfaiss_index>();
        result->adopt(make_index(dimensions, factory, result->training));
        *training = {result->training.least, result->training.most};
        *index = result.release();
    });
}

void cfaiss_destroy(cfaiss_index *index) { delete index; }

int32_t cfaiss_dimensions(const cfaiss_index *index) { return index->dimensions; }

int64_t cfaiss_count(const cfaiss_index *index) { return index->count; }

cfaiss_code cfaiss_train(
    cfaiss_index *index, int64_t count, const float *vectors, cfaiss_error *error) {
    return guarded(error, [&] {
        if (count < index->training.least) {
            throw invalid(
                "training takes at least " + std::to_string(index->training.least) +
                " vectors, and there are " + std::to_string(count));
        }
        index->growing().train(count, vectors);
        index->refresh();
    });
}

cfaiss_code cfaiss_reserve(cfaiss_index *index, int64_t count, cfaiss_error *error) {
    return guarded(error, [&] {
        faiss::Index *rows = &index->growing();
        if (auto *graph = dynamic_cast<faiss::IndexHNSW *>(rows)) rows = graph->storage;
        auto *codes = dynamic_cast<faiss::IndexFlatCodes *>(rows);
        uint64_t size = 0;
        if (count < 0 || __builtin_mul_overflow(
                             uint64_t(count), codes != nullptr ? codes->code_size : 1, &size)) {
            throw invalid("no room for " + std::to_string(count) + " rows");
        }
        if (codes != nullptr) codes->codes.reserve(size);
        index->refresh();
    });
}

cfaiss_code cfaiss_add(
    cfaiss_index *index, int64_t count, const float *vectors, cfaiss_error *error) {
    return guarded(error, [&] {
        faiss::Index &faiss = index->growing();
        if (!faiss.is_trained) {
            throw invalid(
                "this kind of index must be trained before rows are added, with at least " +
                std::to_string(index->training.least) + " vectors");
        }
        if (count > INT32_MAX - faiss.ntotal && dynamic_cast<faiss::IndexHNSW *>(&faiss)) {
            throw invalid("a graph cannot have more than 2147483647 rows");
        }
        // FAISS locks each row of a graph for each call, so a graph takes all at once.
        const bool at_once = dynamic_cast<faiss::IndexHNSW *>(&faiss) != nullptr;
        const int64_t step = at_once ? std::max<int64_t>(count, 1) : rows_at_a_time;
        for (int64_t begin = 0; begin < count; begin += step) {
            faiss.add(std::min(step, count - begin), vectors + begin * faiss.d);
        }
        index->refresh();
    });
}

cfaiss_code cfaiss_search(
    const cfaiss_index *index, int64_t count, const float *queries, int64_t k,
    cfaiss_search_options options, int64_t *rows, float *scores, cfaiss_error *error) {
    return guarded(error, [&] {
        index->searcher->search(
            {count, queries, k, rows, scores}, {options.selection, options.selected},
            {options.width, options.lists}, std::max(options.threads, 1));
    });
}

cfaiss_code cfaiss_write(
    const cfaiss_index *index, const char *path, uint64_t generation, cfaiss_error *error) {
    return guarded(error, [&] {
        FileWriter file(path, true);
        if (index->faiss != nullptr) {
            write_index(*index->faiss, file);
        } else {
            copy(*index->contents, file);
        }
        file.finish(generation);
    });
}

cfaiss_code cfaiss_open(
    const char *path, int32_t threads, bool grow, cfaiss_index **index, uint64_t *generation,
    cfaiss_error *error) {
    return guarded(error, [&] {
        auto result = std::make_unique<cfaiss_index>();
        result->mapping = std::make_unique<Mapping>(path);
        result->contents =
            std::make_unique<Contents>(result->mapping->bytes(), result->mapping->size());
        *generation = result->contents->generation();
        Parsed parsed = parse(*result->contents, grow, threads);
        if (parsed.in_place && !grow) {
            open_in_place(*result, std::move(parsed));
        } else {
            result->adopt(read_index({{result->contents->bytes(), result->contents->size()}}));
            result->contents.reset();
            result->mapping.reset();
        }
        *index = result.release();
    });
}

cfaiss_code cfaiss_check(const cfaiss_index *index, int32_t threads, cfaiss_error *error) {
    return guarded(error, [&] {
        if (index->contents != nullptr) parse(*index->contents, true, threads);
    });
}

bool cfaiss_is_graph(const char *factory) {
    cfaiss_error error;
    bool result = false;
    const auto code = guarded(&error, [&] {
        Training training;
        const auto index = make_index(1, factory, training);
        result = dynamic_cast<const faiss::IndexHNSWFlat *>(index.get()) != nullptr;
    });
    return code == CFAISS_OK && result;
}

cfaiss_code cfaiss_write_graph(
    const cfaiss_index *rows, const char *factory, const cfaiss_index *former, const char *path,
    int32_t threads, uint64_t generation, cfaiss_error *error) {
    return guarded(error, [&] {
        const Parsed flat = parsed_whole(*rows, threads);
        if (flat.has_graph) throw invalid("the rows must be a flat index in a file");
        const Contents *graph = nullptr;
        uint64_t former_rows = 0;
        if (former != nullptr) {
            const Parsed parsed = parsed_whole(*former, threads);
            if (!parsed.has_graph) throw invalid("what is extended must be a graph over flat rows");
            graph = former->contents.get();
            former_rows = parsed.rows.offset;
        }
        FileWriter file(path, true);
        write_graph(flat.rows, factory, graph, former_rows, file);
        file.finish(generation);
    });
}

cfaiss_code cfaiss_flat_writer_create(
    const char *path, int32_t dimensions, bool lasting, cfaiss_flat_writer **writer,
    cfaiss_error *error) {
    return guarded(error, [&] {
        Training training;
        make_index(dimensions, "Flat", training);
        std::unique_ptr<cfaiss_flat_writer> result(
            new cfaiss_flat_writer{FileWriter(path, lasting), dimensions});
        const auto header = flat_header(dimensions, 0);
        result->file.write(header.data(), header.size());
        *writer = result.release();
    });
}

cfaiss_code cfaiss_flat_writer_add(
    cfaiss_flat_writer *writer, int64_t count, const float *vectors, cfaiss_error *error) {
    return guarded(error, [&] {
        writer->file.write(vectors, size_t(count) * size_t(writer->dimensions) * sizeof(float));
        writer->count += count;
    });
}

cfaiss_code cfaiss_flat_writer_finish(
    cfaiss_flat_writer *writer, uint64_t generation, cfaiss_error *error) {
    return guarded(error, [&] {
        const auto header = flat_header(writer->dimensions, writer->count);
        writer->file.rewrite(header.data(), header.size());
        writer->file.finish(generation);
    });
}

void cfaiss_flat_writer_destroy(cfaiss_flat_writer *writer) { delete writer; }

void cfaiss_inner_products(
    const float *query, const float *rows, int64_t count, int32_t dimensions, float *scores) {
    for (int64_t row = 0; row < count; row++) {
        scores[row] =
            kernels.inner_product(query, rows + row * dimensions, size_t(dimensions));
    }
}
