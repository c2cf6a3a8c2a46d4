#include "Trailer.hpp"

#include "CChecksums.h"
#include "Errors.hpp"
#include "Threads.hpp"

#include <algorithm>
#include <cstring>

namespace cfaiss {

namespace {

constexpr char mark[] = {'K', 'O', 'T', 'A', 'E', 'G', 'E', 'N'};
constexpr uint32_t version = 2;
/// Of version 1.
constexpr unsigned former_block_bits = 18;

struct __attribute__((packed)) Footer {
    uint64_t generation;
    uint64_t length;
    uint32_t version;
    uint32_t checksum;
    char mark[sizeof cfaiss::mark];
};

constexpr uint64_t checked_part = offsetof(Footer, checksum);

} // namespace

void TrailerMaker::update(const void *bytes, uint64_t size) {
    auto *from = static_cast<const uint8_t *>(bytes);
    while (size > 0) {
        const uint64_t room = block_size - length % block_size;
        const uint64_t part = std::min(room, size);
        if (room == block_size) checksums.push_back(0);
        checksums.back() = cchecksums_crc32c(from, part, checksums.back());
        from += part;
        size -= part;
        length += part;
    }
}

void TrailerMaker::replace_first_block(const void *bytes, uint64_t size) {
    if (!checksums.empty()) checksums.front() = cchecksums_crc32c(bytes, size, 0);
}

std::vector<uint8_t> TrailerMaker::finish(uint64_t generation) {
    const uint64_t size = checksums.size() * sizeof(uint32_t);
    std::vector<uint8_t> result(size + sizeof(Footer));
    if (size > 0) std::memcpy(result.data(), checksums.data(), size);
    Footer footer{generation, length, version, 0, {}};
    std::memcpy(footer.mark, mark, sizeof mark);
    std::memcpy(result.data() + size, &footer, sizeof footer);
    footer.checksum = cchecksums_crc32c(result.data(), size + checked_part, 0);
    std::memcpy(result.data() + size, &footer, sizeof footer);
    return result;
}

Contents::Contents(const uint8_t *bytes, uint64_t size) : start(bytes), length(size) {
    if (size < sizeof(Footer)) return;
    Footer footer;
    std::memcpy(&footer, bytes + size - sizeof footer, sizeof footer);
    if (std::memcmp(footer.mark, mark, sizeof mark) != 0) return;
    const uint64_t before = size - sizeof footer;
    if (footer.length > before ||
        cchecksums_crc32c(bytes + footer.length, before - footer.length + checked_part, 0) !=
            footer.checksum) {
        throw malformed("the checksums at its end are damaged");
    }
    if (footer.version > version) {
        throw malformed(
            "the checksums at its end have layout " + std::to_string(footer.version) +
            ", which is newer than this program");
    }
    length = footer.length;
    if (footer.version == 1) bits = former_block_bits;
    if (before - length != block_count() * sizeof(uint32_t)) {
        throw malformed("the checksums at its end are damaged");
    }
    stored_generation = footer.generation;
    checksums = bytes + length;
    good = std::make_unique<std::atomic<bool>[]>(block_count());
}

uint64_t Contents::block_count() const { return length == 0 ? 0 : ((length - 1) >> bits) + 1; }

void Contents::check_block(uint64_t block) const {
    uint32_t expected;
    std::memcpy(&expected, checksums + block * sizeof expected, sizeof expected);
    const uint64_t begin = block << bits, size = std::min(uint64_t(1) << bits, length - begin);
    if (cchecksums_crc32c(start + begin, size, 0) != expected) {
        throw malformed(
            "damaged between byte " + std::to_string(begin) + " and byte " +
            std::to_string(begin + size) + ": their checksum is another");
    }
    good[block].store(true, std::memory_order_relaxed);
}

void Contents::check(uint64_t begin, uint64_t end) const {
    if (checksums == nullptr || begin >= end) return;
    for (uint64_t block = begin >> bits; block <= (end - 1) >> bits; block++) {
        if (!good[block].load(std::memory_order_relaxed)) check_block(block);
    }
}

void Contents::check_all(int threads) const {
    const uint64_t together = uint64_t(1) << 24;
    spread(threads, length / together + 1, [&](int, size_t part) {
        const uint64_t begin = part * together;
        check(begin, std::min(begin + together, length));
    });
}

} // namespace cfaiss
