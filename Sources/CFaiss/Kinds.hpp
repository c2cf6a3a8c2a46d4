// The kinds of index, as FAISS's factory strings name them.
#pragma once

#include "Faiss.hpp"

#include <memory>
#include <string>

namespace cfaiss {

/// How many rows the training of an index takes.
struct Training {
    /// 0 where there is nothing to train.
    int64_t least = 0;
    /// More than these are not used.
    int64_t most = 0;
};

/// Makes an empty index with inner products and says how much it needs to be trained with.
///
/// The string is checked here and not by FAISS, which ends the process on some, and allocates what
/// they say. Throws a Failure that says what is wrong with it and which strings there are.
std::unique_ptr<faiss::Index> make_index(
    int32_t dimensions, const std::string &factory, Training &training);

} // namespace cfaiss
