// What an index may be at most, whether it is made here or read from a file. FAISS itself computes
// with such numbers in int and allocates what they say.
#pragma once

#include <cstdint>

namespace cfaiss {

/// So that a row's bytes fit an int32.
constexpr int32_t most_dimensions = INT32_MAX / 4;
/// Lists of an IVF index.
constexpr int32_t most_lists = 1 << 24;
/// Bits of a part of a PQ code.
constexpr int32_t most_bits = 12;
/// Neighbours of a row on each level of an HNSW graph but the lowest, which has twice as many.
constexpr int32_t most_neighbours = 512;
/// Levels of an HNSW graph: with 4 neighbours FAISS makes 15.
constexpr uint64_t most_levels = 64;
/// How widely the construction of an HNSW graph searches.
constexpr int32_t most_construction = 1 << 16;
/// Transformations before an index.
constexpr int32_t most_transforms = 4;

} // namespace cfaiss
