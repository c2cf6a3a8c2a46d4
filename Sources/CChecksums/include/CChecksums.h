// CRC-32C (Castagnoli; polynomial 0x1EDC6F41, reflected, as in RFC 3720, appendix B.4).
#ifndef CCHECKSUMS_H
#define CCHECKSUMS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The CRC-32C of bytes that follow others: `previous` is the result for those, 0 where there are
/// none. Uses the processor's instruction where it has one: some 20 GB/s then, 0.4 GB/s otherwise.
uint32_t cchecksums_crc32c(const void *bytes, size_t count, uint32_t previous);

/// The same without the processor's instruction, for comparison.
uint32_t cchecksums_crc32c_portable(const void *bytes, size_t count, uint32_t previous);

#ifdef __cplusplus
}
#endif

#endif
