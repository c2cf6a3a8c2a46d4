// FAISS's file format, checked before FAISS reads it or we search it in place.
//
// FAISS believes what a file says: sizes are allocated, neighbours of a graph are followed, numbers
// of lists are taken as indices. So every file is walked through here first.
#pragma once

#include "Graph.hpp"
#include "Rows.hpp"

namespace cfaiss {

/// What a file holds.
struct Parsed {
    int32_t dimensions = 0;
    int64_t count = 0;
    /// Whether the index is `rows`, or `graph` over `rows`, and can be searched in place.
    bool in_place = false;
    bool has_graph = false;
    Rows rows;
    Graph graph;
};

/// Walks through FAISS's bytes. Those of a flat index are checked against their checksums when they
/// are searched, all others here, on up to `threads` threads.
///
/// Throws a Failure unless the bytes are an inner-product index, whole, of a kind that Kinds.hpp
/// names, in which no size, offset or number points outside of it. O(size), O(1) for a flat index.
Parsed parse(const Contents &contents, int threads);

} // namespace cfaiss
