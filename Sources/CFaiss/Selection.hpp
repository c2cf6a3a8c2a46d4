// The rows that a search may return.
#pragma once

#include <cstdint>

namespace cfaiss {

struct Selection {
    /// Bit row % 64 of word row / 64 is set for selected rows; null where every row is selected.
    const uint64_t *words = nullptr;
    /// How many rows are selected.
    int64_t count = 0;

    bool all() const { return words == nullptr; }

    bool contains(int64_t row) const {
        return words == nullptr || (words[row >> 6] >> (row & 63) & 1);
    }

    /// Calls `body` with the selected rows from `begin` to before `end`, ascending.
    template <typename Body>
    void each(int64_t begin, int64_t end, Body body) const {
        if (words == nullptr) {
            for (int64_t row = begin; row < end; row++) body(row);
            return;
        }
        for (int64_t word = begin >> 6; word << 6 < end; word++) {
            for (uint64_t bits = words[word]; bits != 0; bits &= bits - 1) {
                const int64_t row = (word << 6) + __builtin_ctzll(bits);
                if (row >= begin && row < end) body(row);
            }
        }
    }
};

} // namespace cfaiss
