// A file's bytes in memory, without a copy.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cfaiss {

/// A regular file, mapped for reading. Replace such a file, do not cut it off: touching a byte that
/// the file no longer has ends the process.
class Mapping {
public:
    /// Throws a Failure with CFAISS_IO.
    explicit Mapping(const char *path);
    ~Mapping();
    Mapping(const Mapping &) = delete;
    Mapping &operator=(const Mapping &) = delete;

    const uint8_t *bytes() const { return start; }
    uint64_t size() const { return length; }

private:
    const uint8_t *start = nullptr;
    uint64_t length = 0;
};

} // namespace cfaiss
