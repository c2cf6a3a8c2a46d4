// Reads a file's bytes one value after another, never beyond their end, and checks them against the file's
// checksums before they are believed.
#pragma once

#include "Errors.hpp"
#include "Trailer.hpp"

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
    explicit Cursor(const Contents &contents)
        : contents(contents), start(contents.bytes()), at(start), end(start + contents.size()) {}

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
        const uint64_t begin = position();
        const Values<Value> result = unchecked_values<Value>(count);
        contents.check(begin, position());
        return result;
    }

    /// Values after their number.
    template <typename Value>
    Values<Value> vector() {
        return values<Value>(value<uint64_t>());
    }

    /// Values that whoever reads them checks: only that they are in the file is known.
    template <typename Value>
    Values<Value> unchecked_values(uint64_t count) {
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

    /// Such values after their number.
    template <typename Value>
    Values<Value> unchecked_vector() {
        return unchecked_values<Value>(value<uint64_t>());
    }

    /// Where such values begin in the file.
    template <typename Value>
    uint64_t place(const Values<Value> &values) const {
        return uint64_t(values.bytes - start);
    }

    /// One of such values, checked.
    template <typename Value>
    Value checked(const Values<Value> &values, uint64_t number) const {
        const uint64_t begin = place(values) + number * sizeof(Value);
        contents.check(begin, begin + sizeof(Value));
        return values[number];
    }

    Failure damaged(const std::string &what) const {
        return malformed(what + " before byte " + std::to_string(position()) + " is damaged");
    }

    void require(bool condition, const char *what) const {
        if (!condition) throw damaged(what);
    }

private:
    const Contents &contents;
    const uint8_t *start, *at, *end;
};

/// The four letters that begin each part of a file.
constexpr uint32_t letters(const char (&text)[5]) {
    return uint32_t(uint8_t(text[0])) | uint32_t(uint8_t(text[1])) << 8 |
           uint32_t(uint8_t(text[2])) << 16 | uint32_t(uint8_t(text[3])) << 24;
}

} // namespace cfaiss
