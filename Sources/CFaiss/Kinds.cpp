#include "Kinds.hpp"

#include "Errors.hpp"
#include "Limits.hpp"

#include <algorithm>
#include <regex>
#include <vector>

namespace cfaiss {

namespace {

/// Training points for each centre beyond which FAISS takes a sample.
constexpr int64_t points_per_centre = 256;

struct Kind {
    std::string name;
    int32_t dimensions;
    Training training;

    Failure refuse(const std::string &why) const {
        return invalid("the kind of index '" + name + "' " + why);
    }

    /// Digits of the string as a number in a range.
    int32_t number(const std::string &digits, int32_t least, int32_t most, const char *what) const {
        // Nine digits fit an int32.
        const int32_t value = digits.size() > 9 ? INT32_MAX : std::stoi(digits);
        if (value < least || value > most) {
            throw refuse(
                "has " + digits + " " + what + ": there can be " + std::to_string(least) + " to " +
                std::to_string(most));
        }
        return value;
    }

    void needs(int64_t least, int64_t most) {
        training.least = std::max(training.least, least);
        training.most = std::max(training.most, most);
    }

    void needs_centres(int64_t count) { needs(count, count * points_per_centre); }

    void add_parts(const std::string &digits) {
        const int32_t parts = number(digits, 1, most_dimensions, "parts");
        if (dimensions % parts != 0) {
            throw refuse(
                "needs a number of dimensions that " + std::to_string(parts) +
                " divides, which " + std::to_string(dimensions) + " is not");
        }
    }

    /// Whether `text` is a transformation, whose width `dimensions` is from here on.
    bool add_transform(const std::string &text) {
        static const std::regex opq("OPQ([0-9]+)(_([0-9]+))?"), pca("PCAW?R?([0-9]+)"),
            rotation("RR([0-9]+)?");
        std::smatch match;
        if (text == "L2norm") return true;
        if (std::regex_match(text, match, opq)) {
            if (match[3].matched) {
                dimensions = number(match[3], 1, dimensions, "dimensions after the rotation");
            }
            add_parts(match[1]);
            needs(points_per_centre, points_per_centre * points_per_centre);
            return true;
        }
        if (std::regex_match(text, match, pca)) {
            const int32_t from = dimensions;
            dimensions = number(match[1], 1, dimensions, "principal components");
            needs(dimensions, int64_t(from) * 1000);
            return true;
        }
        if (std::regex_match(text, match, rotation)) {
            if (match[1].matched) {
                dimensions = number(match[1], 1, dimensions, "dimensions after the rotation");
            }
            // FAISS makes the rotation when it trains, and asks for no data.
            needs(1, 1);
            return true;
        }
        return false;
    }

    /// Whether `text` is a code of vectors.
    bool add_code(const std::string &text) {
        static const std::regex scalar("SQ(4|6|8|fp16)"), product("PQ([0-9]+)(x([0-9]+))?(np)?");
        std::smatch match;
        if (text == "Flat") return true;
        if (std::regex_match(text, match, scalar)) {
            needs(1, 1 << 16);
            return true;
        }
        if (!std::regex_match(text, match, product)) return false;
        add_parts(match[1]);
        const int32_t bits =
            match[3].matched ? number(match[3], 1, most_bits, "bits a part") : 8;
        needs_centres(int64_t(1) << bits);
        return true;
    }

    /// Whether `parts`, what the string has after the transformations, is an index.
    bool add_index(const std::vector<std::string> &parts) {
        static const std::regex graph("HNSW([0-9]*)"), lists("IVF([0-9]+)(_HNSW([0-9]*))?");
        std::smatch match;
        const auto neighbours = [&](const std::string &digits) {
            if (!digits.empty()) number(digits, 4, most_neighbours, "neighbours");
        };
        if (std::regex_match(parts[0], match, graph) && parts.size() <= 2) {
            neighbours(match[1]);
            // FAISS's graphs over PQ codes are for L2 distances.
            return parts.size() == 1 || (parts[1][0] != 'P' && add_code(parts[1]));
        }
        if (std::regex_match(parts[0], match, lists) && parts.size() == 2) {
            needs_centres(number(match[1], 1, most_lists, "lists"));
            neighbours(match[3]);
            return add_code(parts[1]);
        }
        return parts.size() == 1 && add_code(parts[0]);
    }

    void read() {
        std::vector<std::string> parts{""};
        for (const char letter : name) {
            if (letter == ',') {
                parts.emplace_back();
            } else {
                parts.back() += letter;
            }
        }
        int32_t transforms = 0;
        while (parts.size() > 1 && transforms < most_transforms && add_transform(parts[0])) {
            parts.erase(parts.begin());
            transforms++;
        }
        if (name.size() > 100 || parts.back().empty() || !add_index(parts)) {
            throw refuse(
                "is unknown; there are 'Flat', 'SQ8' (SQ4, SQ6, SQfp16), 'PQ48', 'HNSW32', "
                "'HNSW32,SQ8', 'IVF1024,Flat', 'IVF1024,SQ8', 'IVF1024,PQ48' and "
                "'IVF65536_HNSW32,PQ48', each also after 'OPQ48,', 'PCA128,', 'RR,' or 'L2norm,'");
        }
    }
};

/// Of an IndexPQ or IndexIVFPQ.
template <class Codes> void prepare_codes(Codes &codes) {
    // FAISS prints a warning below 39 points a centre; how many are enough is said here.
    codes.pq.cp.min_points_per_centroid = 1;
    // Reorders centres for a search by Hamming distances, which is not used here, and takes longer than
    // the rest of the training.
    codes.do_polysemous_training = false;
}

void prepare(faiss::Index *index) {
    if (auto *transformed = dynamic_cast<faiss::IndexPreTransform *>(index)) {
        prepare(transformed->index);
    } else if (auto *lists = dynamic_cast<faiss::IndexIVF *>(index)) {
        lists->cp.min_points_per_centroid = 1;
        if (auto *codes = dynamic_cast<faiss::IndexIVFPQ *>(index)) prepare_codes(*codes);
    } else if (auto *codes = dynamic_cast<faiss::IndexPQ *>(index)) {
        prepare_codes(*codes);
    }
}

} // namespace

std::unique_ptr<faiss::Index> make_index(
    int32_t dimensions, const std::string &factory, Training &training) {
    if (dimensions < 1 || dimensions > most_dimensions) {
        throw invalid("vectors cannot have " + std::to_string(dimensions) + " dimensions");
    }
    Kind kind{factory, dimensions, {}};
    kind.read();
    std::unique_ptr<faiss::Index> index(
        faiss::index_factory(dimensions, factory.c_str(), faiss::METRIC_INNER_PRODUCT));
    prepare(index.get());
    training = kind.training;
    // Rotations and codes of half precision need no data, but FAISS must be asked.
    if (index->is_trained) training = {};
    return index;
}

} // namespace cfaiss
