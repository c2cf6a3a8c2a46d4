// What follows FAISS's own bytes in our files: checksums and the generation.
//
// Readers of FAISS leave it unread. Numbers are little-endian:
//
//     uint32 x n    the CRC-32C of each block of 16,384 of FAISS's bytes; the last may be shorter
//     uint64        the generation
//     uint64        the number of FAISS's bytes; n = that / 16,384, rounded up
//     uint32        2, the version of this layout; in version 1 blocks had 262,144 bytes
//     uint32        the CRC-32C of everything in this trailer before this number
//     8 bytes       KOTAEGEN
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace cfaiss {

/// Bytes in a block with one checksum. A search that passes through a graph reads a row here and a row
/// there, and each for the first time has its block checked, in less than 1 µs.
constexpr unsigned block_bits = 14;
constexpr uint64_t block_size = uint64_t(1) << block_bits;

/// Makes a trailer while the bytes before it pass by.
class TrailerMaker {
public:
    void update(const void *bytes, uint64_t size);
    /// The checksums as if the first bytes had been these instead; `size` is at most a block's.
    void replace_first_block(const void *bytes, uint64_t size);
    std::vector<uint8_t> finish(uint64_t generation);
    uint64_t size() const { return length; }

private:
    std::vector<uint32_t> checksums;
    uint64_t length = 0;
};

/// FAISS's bytes in a file, and their checksums.
class Contents {
public:
    /// Finds the trailer at the end of `size` bytes, which must live as long as this. Where there
    /// is none all bytes are FAISS's, unchecked, and the generation is 0.
    ///
    /// Throws a Failure when the trailer is damaged.
    Contents(const uint8_t *bytes, uint64_t size);

    const uint8_t *bytes() const { return start; }
    uint64_t size() const { return length; }
    uint64_t generation() const { return stored_generation; }

    /// Checks the blocks that hold the bytes from `begin` to before `end` unless that has been done.
    /// Safe on many threads at once. Throws a Failure when one is damaged.
    void check(uint64_t begin, uint64_t end) const;
    void check_all(int threads) const;

private:
    void check_block(uint64_t block) const;
    uint64_t block_count() const;

    const uint8_t *start;
    uint64_t length;
    /// The binary logarithm of the bytes in a block.
    unsigned bits = block_bits;
    uint64_t stored_generation = 0;
    /// Unaligned; null where there are none.
    const uint8_t *checksums = nullptr;
    /// Whether a block is known to be good.
    std::unique_ptr<std::atomic<bool>[]> good;
};

} // namespace cfaiss
