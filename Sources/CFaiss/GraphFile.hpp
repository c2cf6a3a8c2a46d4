// The file of an HNSW graph over rows that stay in another file meanwhile.
//
// faiss::IndexHNSWFlat holds its rows in memory, five sixths of what it takes at 384 dimensions. Here
// FAISS builds the graph with rows that are mapped, and only the graph is held.
#pragma once

#include "Files.hpp"
#include "Rows.hpp"

#include <string>

namespace cfaiss {

/// Writes what faiss::write_index writes of an HNSW index of such rows.
///
/// - rows: in a file, all of which has been checked.
/// - factory: "HNSW32" or the like; where there is a former graph, its kind stays.
/// - former: a file with such a graph over the first of the rows, which is extended; all of it has
///   been checked, and its rows are not read. null to build a graph anew.
/// - former_rows: where the rows of `former` begin in it.
///
/// Throws a Failure when the factory string is not that of a graph over flat rows, or the rows are too
/// many or too few.
void write_graph(
    const Rows &rows, const std::string &factory, const Contents *former, uint64_t former_rows,
    FileWriter &file);

} // namespace cfaiss
