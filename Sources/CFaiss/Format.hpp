// FAISS's file format, checked before FAISS reads it or we search it in place.
//
// FAISS believes what a file says: sizes are allocated, neighbours of a graph are followed, numbers
// of lists are taken as indices. So every file that it gets is walked through here first.
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

/// Walks through FAISS's bytes, on up to `threads` threads.
///
/// A flat index, or a graph over one, is checked when it is searched, against its checksums and for
/// what points elsewhere, unless `whole` asks for all of it now; O(1) then. Others are checked here;
/// O(size).
///
/// Throws a Failure unless the bytes are an inner-product index, whole, of a kind that Kinds.hpp
/// names, in which no size, offset or number points outside of it.
Parsed parse(const Contents &contents, bool whole, int threads);

} // namespace cfaiss
