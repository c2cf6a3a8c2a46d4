// Reads a file's bytes one value after another, never beyond their end.
#pragma once

#include "Errors.hpp"

#include <cstdint>
#include <cstring>
#include <string>

namespace cfaiss {

/// Values of a type one after another in a file, at any alignment.
template <typename Value>
struct Values {
    const uint8_t *bytes;
    uint64_t count;

    Value operator[](uint64_t place) const {
        Value value;
        std::memcpy(&value, bytes + place * sizeof value, sizeof value);
        return value;
    }
};

class Cursor {
public:
    Cursor(const uint8_t *bytes, uint64_t size) : start(bytes), at(bytes), end(bytes + size) {}

    uint64_t position() const { return uint64_t(at - start); }
    uint64_t left() const { return uint64_t(end - at); }

    template <typename Value>
    Value value() {
        return values<Value>(1)[0];
    }

    bool boolean() {
        const auto byte = value<uint8_t>();
        if (byte > 1) throw damaged("a truth value");
        return byte == 1;
    }

    template <typename Value>
    Values<Value> values(uint64_t count) {
        if (count > left() / sizeof(Value)) {
            throw malformed(
                "cut off or damaged: " + std::to_string(count) + " values should follow byte " +
                std::to_string(position()) + ", but only " + std::to_string(left()) +
                " bytes are left");
        }
        const Values<Value> result{at, count};
        at += count * sizeof(Value);
        return result;
    }

    /// Values after their number.
    template <typename Value>
    Values<Value> vector() {
        return values<Value>(value<uint64_t>());
    }

    Failure damaged(const std::string &what) const {
        return malformed(what + " before byte " + std::to_string(position()) + " is damaged");
    }

    void require(bool condition, const char *what) const {
        if (!condition) throw damaged(what);
    }

private:
    const uint8_t *start, *at, *end;
};

/// The four letters that begin each part of a file.
constexpr uint32_t letters(const char (&text)[5]) {
    return uint32_t(uint8_t(text[0])) | uint32_t(uint8_t(text[1])) << 8 |
           uint32_t(uint8_t(text[2])) << 16 | uint32_t(uint8_t(text[3])) << 24;
}

} // namespace cfaiss
