// Index files, written.
#pragma once

#include "Faiss.hpp"
#include "Trailer.hpp"

#include <cstdio>
#include <memory>
#include <string>

namespace cfaiss {

/// A file that is written from its beginning, and its trailer at its end. Every write is checked,
/// unlike in faiss::write_index. All functions throw a Failure with CFAISS_IO.
class FileWriter {
public:
    /// Replaces what is at `path`, but does not follow a symbolic link there.
    ///
    /// - lasting: whether the file is to outlast a loss of power.
    FileWriter(const char *path, bool lasting);

    void write(const void *bytes, size_t size);
    /// Writes other bytes over the first ones; `size` is at most a block's.
    void rewrite(const void *bytes, size_t size);
    /// Writes the trailer, and waits until a lasting file is on the disk.
    void finish(uint64_t generation);

private:
    struct Closer {
        void operator()(FILE *file) const { std::fclose(file); }
    };
    void write_part(const void *bytes, size_t size);
    void push();
    void write_back(int descriptor, uint64_t begin, unsigned flags);

    std::unique_ptr<FILE, Closer> file;
    const bool lasting;
    /// How many bytes the system has been told to write to the disk.
    uint64_t pushed = 0;
    TrailerMaker trailer;
    /// The first block, as it has been written.
    std::vector<uint8_t> beginning;
};

/// Writes what faiss::write_index writes, but for so many bytes at its end.
void write_index(const faiss::Index &index, FileWriter &writer, uint64_t left_out = 0);

/// What faiss::write_index writes before the floats of a flat inner-product index.
std::vector<uint8_t> flat_header(int32_t dimensions, int64_t count);

/// A part of a file in memory that somebody else owns.
struct Bytes {
    const uint8_t *begin;
    uint64_t size;
};

/// Makes an index in memory of bytes that `parse` has found good, part after part.
std::unique_ptr<faiss::Index> read_index(std::vector<Bytes> parts);

} // namespace cfaiss
