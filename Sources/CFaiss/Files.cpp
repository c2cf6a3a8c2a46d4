#include "Files.hpp"

#include "Errors.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace cfaiss {

/// Bytes that are written to memory before the disk is told.
constexpr uint64_t push_size = 4 << 20;

FileWriter::FileWriter(const char *path) {
    const int descriptor =
        ::open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (descriptor < 0) throw system_failure("cannot open");
    file.reset(::fdopen(descriptor, "wb"));
    if (file == nullptr) {
        const int number = errno;
        ::close(descriptor);
        throw system_failure("cannot open", number);
    }
}

void FileWriter::write(const void *bytes, size_t size) {
    const auto *from = static_cast<const uint8_t *>(bytes);
    while (size > 0) {
        const size_t part = std::min<uint64_t>(size, pushed + push_size - trailer.size());
        write_part(from, part);
        if (trailer.size() == pushed + push_size) push();
        from += part;
        size -= part;
    }
}

/// An error of the disk is told once: what this does not report, fsync will not report either.
void FileWriter::write_back(int descriptor, uint64_t begin, unsigned flags) {
    if (::sync_file_range(descriptor, off64_t(begin), push_size, flags) == 0) return;
    // Where it cannot be done, or is forbidden, the file is flushed at its end all the same.
    for (const int harmless : {ENOSYS, EINVAL, ESPIPE, EOPNOTSUPP, EPERM, EINTR}) {
        if (errno == harmless) return;
    }
    throw system_failure("cannot flush to the disk");
}

/// Has the disk write what there is while more is written to memory, and waits for what it was told
/// before. Otherwise a commit of LMDB on the same file system may wait for all of this file.
void FileWriter::push() {
    const int descriptor = ::fileno(file.get());
    if (std::fflush(file.get()) != 0) throw system_failure("cannot write");
    write_back(descriptor, pushed, SYNC_FILE_RANGE_WRITE);
    if (pushed > 0) {
        write_back(
            descriptor, pushed - push_size,
            SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
    }
    pushed += push_size;
}

void FileWriter::write_part(const void *bytes, size_t size) {
    if (std::fwrite(bytes, size, 1, file.get()) != 1) throw system_failure("cannot write");
    if (beginning.size() < block_size) {
        const auto *from = static_cast<const uint8_t *>(bytes);
        beginning.insert(
            beginning.end(), from, from + std::min(size, size_t(block_size) - beginning.size()));
    }
    trailer.update(bytes, size);
}

void FileWriter::rewrite(const void *bytes, size_t size) {
    std::memcpy(beginning.data(), bytes, size);
    if (std::fseek(file.get(), 0, SEEK_SET) != 0 ||
        std::fwrite(bytes, size, 1, file.get()) != 1 ||
        std::fseek(file.get(), 0, SEEK_END) != 0) {
        throw system_failure("cannot write");
    }
    trailer.replace_first_block(beginning.data(), beginning.size());
}

void FileWriter::finish(uint64_t generation) {
    const auto end = trailer.finish(generation);
    if (std::fwrite(end.data(), end.size(), 1, file.get()) != 1 ||
        std::fflush(file.get()) != 0) {
        throw system_failure("cannot write");
    }
    if (::fsync(::fileno(file.get())) != 0) throw system_failure("cannot flush to the disk");
    if (std::fclose(file.release()) != 0) throw system_failure("cannot close");
}

void write_index(const faiss::Index &index, FileWriter &writer) {
    struct Writer : faiss::IOWriter {
        FileWriter &file;

        explicit Writer(FileWriter &file) : file(file) {}

        size_t operator()(const void *bytes, size_t size, size_t count) override {
            file.write(bytes, size * count);
            return count;
        }
    } adapter(writer);
    faiss::write_index(&index, &adapter);
}

std::vector<uint8_t> flat_header(int32_t dimensions, int64_t count) {
    struct __attribute__((packed)) {
        char kind[4] = {'I', 'x', 'F', 'I'};
        int32_t dimensions;
        int64_t count;
        int64_t fillers[2] = {1 << 20, 1 << 20};
        uint8_t is_trained = 1;
        int32_t metric = faiss::METRIC_INNER_PRODUCT;
        uint64_t floats;
    } header;
    header.dimensions = dimensions;
    header.count = count;
    header.floats = uint64_t(count) * uint64_t(dimensions);
    std::vector<uint8_t> bytes(sizeof header);
    std::memcpy(bytes.data(), &header, sizeof header);
    return bytes;
}

std::unique_ptr<faiss::Index> read_index(const Contents &contents) {
    struct Reader : faiss::IOReader {
        const uint8_t *at;
        uint64_t left;

        explicit Reader(const Contents &contents) : at(contents.bytes()), left(contents.size()) {}

        size_t operator()(void *bytes, size_t size, size_t count) override {
            const size_t found = size == 0 ? count : std::min<uint64_t>(count, left / size);
            if (found > 0) std::memcpy(bytes, at, size * found);
            at += size * found;
            left -= size * found;
            return found;
        }
    } reader(contents);
    return std::unique_ptr<faiss::Index>(faiss::read_index(&reader));
}

} // namespace cfaiss
