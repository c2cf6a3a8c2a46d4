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

FileWriter::FileWriter(const char *path, bool lasting) : lasting(lasting) {
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
    if (!lasting) return write_part(from, size);
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
    if (size == 0) return;
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
    if (lasting && ::fsync(::fileno(file.get())) != 0) throw system_failure("cannot flush to the disk");
    if (std::fclose(file.release()) != 0) throw system_failure("cannot close");
}

void write_index(const faiss::Index &index, FileWriter &writer, uint64_t left_out) {
    /// Writes the first bytes and counts all.
    struct Writer : faiss::IOWriter {
        FileWriter &file;
        const uint64_t limit;
        uint64_t count = 0;

        Writer(FileWriter &file, uint64_t limit) : file(file), limit(limit) {}

        size_t operator()(const void *bytes, size_t size, size_t items) override {
            const uint64_t all = uint64_t(size) * items;
            file.write(bytes, std::min(all, limit - std::min(limit, count)));
            count += all;
            return items;
        }
    };
    uint64_t limit = UINT64_MAX;
    if (left_out > 0) {
        Writer counter(writer, 0);
        faiss::write_index(&index, &counter);
        limit = counter.count - left_out;
    }
    Writer adapter(writer, limit);
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

std::unique_ptr<faiss::Index> read_index(std::vector<Bytes> parts) {
    struct Reader : faiss::IOReader {
        std::vector<Bytes> parts;
        size_t part = 0;

        explicit Reader(std::vector<Bytes> parts) : parts(std::move(parts)) {}

        /// Reads up to `size` bytes, and tells how many.
        uint64_t read(uint8_t *bytes, uint64_t size) {
            uint64_t done = 0;
            while (done < size && part < parts.size()) {
                Bytes &from = parts[part];
                const uint64_t length = std::min(size - done, from.size);
                if (length > 0) std::memcpy(bytes + done, from.begin, length);
                from = {from.begin + length, from.size - length};
                done += length;
                if (from.size == 0) part++;
            }
            return done;
        }

        size_t operator()(void *bytes, size_t size, size_t count) override {
            if (size == 0) return count;
            return read(static_cast<uint8_t *>(bytes), uint64_t(size) * count) / size;
        }
    } reader(std::move(parts));
    return std::unique_ptr<faiss::Index>(faiss::read_index(&reader));
}

} // namespace cfaiss
