#include "CChecksums.h"

#include <string.h>

enum {
    // The reflected polynomial.
    polynomial = 0x82F63B78u,
    // Three streams of this many bytes hide the three cycles that each instruction takes.
    stream = 512,
};

// table[b]: the effect of the byte b. shift[i][b]: the effect of byte i of a checksum after `stream`
// more bytes.
static uint32_t table[256], shift[4][256];

static uint32_t portable(const uint8_t *bytes, size_t count, uint32_t crc) {
    for (size_t i = 0; i < count; i++) crc = table[(crc ^ bytes[i]) & 0xFF] ^ (crc >> 8);
    return crc;
}

__attribute__((constructor)) static void fill_tables(void) {
    for (uint32_t value = 0; value < 256; value++) {
        uint32_t crc = value;
        for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ polynomial : crc >> 1;
        table[value] = crc;
    }
    // Checksums are linear: the effect of a byte is that of its bits together.
    static const uint8_t zeros[stream];
    for (int place = 0; place < 4; place++) {
        for (int bit = 0; bit < 8; bit++) {
            const uint32_t effect = portable(zeros, stream, 1u << (8 * place + bit));
            for (uint32_t value = 0; value < 1u << bit; value++)
                shift[place][value | 1u << bit] = shift[place][value] ^ effect;
        }
    }
}

uint32_t cchecksums_crc32c_portable(const void *bytes, size_t count, uint32_t previous) {
    return ~portable(bytes, count, ~previous);
}

#if defined(__x86_64__)

#include <immintrin.h>

static uint32_t after_stream(uint32_t crc) {
    return shift[0][crc & 0xFF] ^ shift[1][(crc >> 8) & 0xFF] ^ shift[2][(crc >> 16) & 0xFF] ^
           shift[3][crc >> 24];
}

static uint64_t word(const uint8_t *bytes) {
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
    return value;
}

__attribute__((target("sse4.2"))) static uint32_t accelerated(
    const uint8_t *bytes, size_t count, uint32_t crc) {
    uint64_t first = crc;
    for (; count >= 3 * stream; bytes += 3 * stream, count -= 3 * stream) {
        uint64_t second = 0, third = 0;
        for (size_t i = 0; i < stream; i += 8) {
            first = _mm_crc32_u64(first, word(bytes + i));
            second = _mm_crc32_u64(second, word(bytes + stream + i));
            third = _mm_crc32_u64(third, word(bytes + 2 * stream + i));
        }
        first = after_stream(after_stream((uint32_t)first) ^ (uint32_t)second) ^ (uint32_t)third;
    }
    for (; count >= 8; bytes += 8, count -= 8) first = _mm_crc32_u64(first, word(bytes));
    crc = (uint32_t)first;
    for (; count > 0; bytes++, count--) crc = _mm_crc32_u8(crc, *bytes);
    return crc;
}

uint32_t cchecksums_crc32c(const void *bytes, size_t count, uint32_t previous) {
    return __builtin_cpu_supports("sse4.2")
               ? ~accelerated(bytes, count, ~previous)
               : cchecksums_crc32c_portable(bytes, count, previous);
}

#else

uint32_t cchecksums_crc32c(const void *bytes, size_t count, uint32_t previous) {
    return cchecksums_crc32c_portable(bytes, count, previous);
}

#endif
