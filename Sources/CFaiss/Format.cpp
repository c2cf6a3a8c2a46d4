// The layout is that of faiss/impl/index_write.cpp, without padding, little-endian.
#include "Format.hpp"

#include "Cursor.hpp"
#include "Faiss.hpp"
#include "Limits.hpp"

#include <cctype>
#include <cmath>

namespace cfaiss {

namespace {

struct Header {
    int32_t dimensions;
    int64_t count;
};

Header read_header(Cursor &cursor) {
    Header header;
    header.dimensions = cursor.value<int32_t>();
    header.count = cursor.value<int64_t>();
    const auto filler = cursor.value<int64_t>(), second_filler = cursor.value<int64_t>();
    const bool is_trained = cursor.boolean();
    const auto metric = cursor.value<int32_t>();
    cursor.require(
        header.dimensions >= 1 && header.dimensions <= most_dimensions && header.count >= 0 &&
            filler == 1 << 20 && second_filler == 1 << 20,
        "a header");
    if (metric != faiss::METRIC_INNER_PRODUCT) {
        throw malformed(
            "its metric is number " + std::to_string(metric) + ", not the inner product");
    }
    if (!is_trained) throw malformed("an index that has not been trained");
    return header;
}

/// a · b, for sizes that a file can have.
uint64_t product(const Cursor &cursor, uint64_t a, uint64_t b) {
    uint64_t result;
    cursor.require(!__builtin_mul_overflow(a, b, &result), "a size");
    return result;
}

Values<float> finite(const Cursor &cursor, Values<float> values) {
    for (uint64_t i = 0; i < values.count; i++) {
        cursor.require(std::isfinite(values[i]), "a number that is not finite");
    }
    return values;
}

Rows read_flat(Cursor &cursor) {
    const Header header = read_header(cursor);
    const auto floats = cursor.value<uint64_t>();
    cursor.require(
        floats == product(cursor, uint64_t(header.count), uint64_t(header.dimensions)),
        "the number of floats");
    Rows rows;
    rows.offset = cursor.position();
    rows.floats = cursor.unchecked_values<float>(floats).bytes;
    rows.count = header.count;
    rows.dimensions = header.dimensions;
    return rows;
}

uint64_t read_scalar_quantizer(Cursor &cursor, int32_t dimensions) {
    const auto type = cursor.value<int32_t>();
    cursor.value<int32_t>();
    cursor.value<float>();
    const auto width = cursor.value<uint64_t>(), code_size = cursor.value<uint64_t>();
    const auto trained = finite(cursor, cursor.vector<float>());
    const uint64_t d = uint64_t(dimensions);
    uint64_t expected = 0;
    switch (type) {
    case faiss::ScalarQuantizer::QT_8bit: expected = d; break;
    case faiss::ScalarQuantizer::QT_6bit: expected = (d * 6 + 7) / 8; break;
    case faiss::ScalarQuantizer::QT_4bit: expected = (d + 1) / 2; break;
    case faiss::ScalarQuantizer::QT_fp16: expected = d * 2; break;
    default: throw cursor.damaged("a kind of scalar quantizer");
    }
    cursor.require(
        width == d && code_size == expected &&
            trained.count == (type == faiss::ScalarQuantizer::QT_fp16 ? 0 : 2 * d),
        "a scalar quantizer");
    return code_size;
}

uint64_t read_product_quantizer(Cursor &cursor, int32_t dimensions) {
    const auto width = cursor.value<uint64_t>(), parts = cursor.value<uint64_t>();
    const auto bits = cursor.value<uint64_t>();
    cursor.require(
        width == uint64_t(dimensions) && parts >= 1 && parts <= width && width % parts == 0 &&
            bits >= 1 && bits <= most_bits,
        "a product quantizer");
    const auto centroids = finite(cursor, cursor.vector<float>());
    cursor.require(centroids.count == width << bits, "the number of a product quantizer's floats");
    return (parts * bits + 7) / 8;
}

void read_codes(Cursor &cursor, int64_t count, uint64_t code_size) {
    const auto codes = cursor.vector<uint8_t>();
    cursor.require(
        codes.count == product(cursor, uint64_t(count), code_size), "the number of codes");
}

/// What FAISS, or a search of a graph in memory, follows without a look.
void check_neighbours(
    const Cursor &cursor, const Values<int32_t> &levels, const Values<int32_t> &starts,
    const Values<uint64_t> &offsets, const Values<int32_t> &neighbours) {
    const int64_t count = int64_t(levels.count);
    cursor.require(offsets[0] == 0, "an offset of the graph");
    for (int64_t row = 0; row < count; row++) {
        const int32_t row_levels = levels[uint64_t(row)];
        cursor.require(
            row_levels >= 1 && uint64_t(row_levels) < starts.count, "a level of the graph");
        const uint64_t offset = offsets[uint64_t(row)];
        const uint64_t size = uint64_t(starts[uint64_t(row_levels)]);
        cursor.require(
            offset <= neighbours.count && size <= neighbours.count - offset &&
                offsets[uint64_t(row) + 1] == offset + size,
            "an offset of the graph");
        for (int32_t level = 0; level < row_levels; level++) {
            const uint64_t begin = offset + uint64_t(starts[uint64_t(level)]);
            const uint64_t end = offset + uint64_t(starts[uint64_t(level) + 1]);
            for (uint64_t i = begin; i < end; i++) {
                const int32_t neighbour = neighbours[i];
                cursor.require(
                    neighbour >= -1 && neighbour < count &&
                        (level == 0 || neighbour < 0 || levels[uint64_t(neighbour)] > level),
                    "a neighbour in the graph");
            }
        }
    }
    cursor.require(offsets[uint64_t(count)] == neighbours.count, "the size of the graph");
}

/// - whole: whether to check all of it now, and not as it is searched.
Graph read_graph(Cursor &cursor, int64_t count, bool whole) {
    const auto probabilities = cursor.vector<double>();
    const auto starts = cursor.vector<int32_t>();
    const auto levels = cursor.unchecked_vector<int32_t>();
    const auto offsets = cursor.unchecked_vector<uint64_t>();
    const auto neighbours = cursor.unchecked_vector<int32_t>();
    const auto entry_point = cursor.value<int32_t>(), max_level = cursor.value<int32_t>();
    const auto construction = cursor.value<int32_t>();
    cursor.value<int32_t>();
    cursor.value<int32_t>();

    cursor.require(
        count < int64_t(1) << 31 && levels.count == uint64_t(count) &&
            offsets.count == uint64_t(count) + 1,
        "the number of rows in the graph");
    cursor.require(
        probabilities.count >= 1 && probabilities.count <= most_levels &&
            starts.count == probabilities.count + 1 && starts[0] == 0 && construction >= 1 &&
            construction <= most_construction,
        "the shape of the graph");
    Graph graph;
    for (uint64_t level = 0; level < starts.count; level++) {
        cursor.require(
            level == 0 || (starts[level] > starts[level - 1] &&
                           starts[level] - starts[level - 1] <= 2 * most_neighbours),
            "the shape of the graph");
        cursor.require(
            level == probabilities.count ||
                (probabilities[level] >= 0 && probabilities[level] <= 1),
            "the shape of the graph");
        graph.level_starts.push_back(starts[level]);
    }
    if (count == 0) {
        cursor.require(entry_point == -1 && max_level == -1, "the entry to the graph");
    } else {
        cursor.require(
            entry_point >= 0 && entry_point < count && max_level >= 0 &&
                uint64_t(max_level) < probabilities.count &&
                cursor.checked(levels, uint64_t(entry_point)) == max_level + 1,
            "the entry to the graph");
    }
    if (whole) {
        check_neighbours(cursor, levels, starts, offsets, neighbours);
        for (uint64_t row = 0; row < levels.count; row++) {
            cursor.require(levels[row] <= max_level + 1, "a level of the graph");
        }
    }
    graph.offsets = offsets.bytes;
    graph.offsets_place = cursor.place(offsets);
    graph.neighbours = neighbours.bytes;
    graph.neighbours_place = cursor.place(neighbours);
    graph.neighbour_count = neighbours.count;
    graph.count = count;
    graph.entry_point = entry_point;
    graph.max_level = max_level;
    return graph;
}

void read_lists(Cursor &cursor, uint64_t list_count, int64_t row_count, uint64_t code_size) {
    if (cursor.value<uint32_t>() != letters("ilar")) {
        throw malformed("its lists are not in the file, or of a kind that is not read here");
    }
    cursor.require(
        cursor.value<uint64_t>() == list_count && cursor.value<uint64_t>() == code_size,
        "the shape of the lists");
    const auto type = cursor.value<uint32_t>();
    cursor.require(type == letters("full") || type == letters("sprs"), "a kind of lists");
    const bool full = type == letters("full");
    const auto sizes = cursor.vector<uint64_t>();
    cursor.require(full ? sizes.count == list_count : sizes.count % 2 == 0, "the number of lists");

    std::vector<bool> seen(size_t(row_count), false);
    uint64_t left = uint64_t(row_count), next = 0;
    for (uint64_t i = 0; i < sizes.count; i += full ? 1 : 2) {
        if (!full) {
            cursor.require(sizes[i] >= next && sizes[i] < list_count, "a list's number");
            next = sizes[i] + 1;
        }
        const uint64_t size = sizes[full ? i : i + 1];
        cursor.require(size <= left, "a list's size");
        left -= size;
        cursor.values<uint8_t>(product(cursor, size, code_size));
        const auto rows = cursor.values<int64_t>(size);
        for (uint64_t j = 0; j < size; j++) {
            const int64_t row = rows[j];
            cursor.require(
                row >= 0 && row < row_count && !seen[size_t(row)], "a row's number in a list");
            seen[size_t(row)] = true;
        }
    }
    cursor.require(left == 0, "the number of rows in the lists");
}

Parsed read_index(Cursor &cursor, int depth, bool whole);

/// What begins every index with lists; returns the number of lists.
uint64_t read_lists_header(Cursor &cursor, const Header &header, int depth) {
    const auto list_count = cursor.value<uint64_t>();
    cursor.value<uint64_t>();
    const Parsed quantizer = read_index(cursor, depth, true);
    cursor.require(
        list_count >= 1 && list_count <= uint64_t(most_lists) && quantizer.in_place &&
            quantizer.dimensions == header.dimensions &&
            uint64_t(quantizer.count) == list_count,
        "the lists' centres");
    const auto map_type = cursor.value<uint8_t>();
    cursor.require(map_type == 0 && cursor.vector<int64_t>().count == 0, "the map of rows");
    // Each row takes more than its number in the lists that follow.
    cursor.require(uint64_t(header.count) <= cursor.left() / sizeof(int64_t), "the number of rows");
    return list_count;
}

/// Returns what the transformed vectors must be: their width.
int32_t read_transform(Cursor &cursor, int32_t dimensions) {
    const auto kind = cursor.value<uint32_t>();
    uint64_t matrix = 0, bias = 0, mean = 0;
    bool linear = false, has_bias = false;
    Values<int32_t> map{nullptr, 0};
    if (kind == letters("LTra") || kind == letters("rrot") || kind == letters("Pcam")) {
        linear = true;
        if (kind == letters("Pcam")) {
            cursor.value<float>();
            cursor.value<float>();
            cursor.boolean();
            cursor.value<int32_t>();
            mean = cursor.vector<float>().count;
            cursor.vector<float>();
            cursor.vector<float>();
        }
        has_bias = cursor.boolean();
        matrix = finite(cursor, cursor.vector<float>()).count;
        bias = finite(cursor, cursor.vector<float>()).count;
    } else if (kind == letters("RmDT")) {
        map = cursor.vector<int32_t>();
    } else if (kind == letters("VNrm")) {
        cursor.require(cursor.value<float>() == 2, "a norm");
    } else {
        throw malformed("it transforms vectors in a way that is not read here");
    }
    const auto d_in = cursor.value<int32_t>(), d_out = cursor.value<int32_t>();
    cursor.require(cursor.boolean(), "a transformation that has not been trained");
    cursor.require(
        d_in == dimensions && d_out >= 1 && d_out <= most_dimensions, "a transformation's widths");
    if (linear) {
        cursor.require(
            matrix == uint64_t(d_in) * uint64_t(d_out) &&
                bias == (has_bias ? uint64_t(d_out) : bias) &&
                (kind != letters("Pcam") || mean == uint64_t(d_in)),
            "a transformation's matrix");
    } else if (kind == letters("RmDT")) {
        cursor.require(map.count == uint64_t(d_out), "a transformation's map");
        for (uint64_t i = 0; i < map.count; i++) {
            cursor.require(map[i] >= -1 && map[i] < d_in, "a transformation's map");
        }
    } else {
        cursor.require(d_out == d_in, "a transformation's widths");
    }
    return d_out;
}

std::string printable(uint32_t kind) {
    std::string text;
    for (int i = 0; i < 4; i++) {
        const char letter = char(kind >> (8 * i) & 0xFF);
        text += std::isprint(uint8_t(letter)) ? letter : '?';
    }
    return text;
}

Parsed read_index(Cursor &cursor, int depth, bool whole) {
    const auto kind = cursor.value<uint32_t>();
    cursor.require(depth < 4, "an index in an index in an index");
    Parsed parsed;
    if (kind == letters("IxFI")) {
        parsed.rows = read_flat(cursor);
        parsed.dimensions = parsed.rows.dimensions;
        parsed.count = parsed.rows.count;
        parsed.in_place = true;
        return parsed;
    }
    if (kind != letters("IHNf") && kind != letters("IHNs") && kind != letters("IwFl") &&
        kind != letters("IwSq") && kind != letters("IwPQ") && kind != letters("IxSQ") &&
        kind != letters("IxPq") && kind != letters("IxPT")) {
        throw malformed(
            "starts with \"" + printable(kind) +
            "\", which is no index with inner products that is read here (\"IxFI\" is a flat one)");
    }
    const Header header = read_header(cursor);
    parsed.dimensions = header.dimensions;
    parsed.count = header.count;
    if (kind == letters("IHNf") || kind == letters("IHNs")) {
        const bool flat = kind == letters("IHNf");
        parsed.graph = read_graph(cursor, header.count, whole || !flat);
        const auto *const beginning = cursor.values<uint8_t>(0).bytes;
        cursor.require(
            cursor.left() >= 4 &&
                std::memcmp(beginning, flat ? "IxFI" : "IxSQ", 4) == 0, "the graph's rows");
        const Parsed storage = read_index(cursor, depth + 1, whole);
        cursor.require(
            storage.dimensions == header.dimensions && storage.count == header.count,
            "the shape of the graph's rows");
        parsed.rows = storage.rows;
        parsed.has_graph = true;
        parsed.in_place = flat;
    } else if (kind == letters("IwFl")) {
        const uint64_t lists = read_lists_header(cursor, header, depth + 1);
        read_lists(cursor, lists, header.count, uint64_t(header.dimensions) * sizeof(float));
    } else if (kind == letters("IwSq")) {
        const uint64_t lists = read_lists_header(cursor, header, depth + 1);
        const uint64_t code_size = read_scalar_quantizer(cursor, header.dimensions);
        cursor.require(cursor.value<uint64_t>() == code_size, "the size of codes");
        cursor.boolean();
        read_lists(cursor, lists, header.count, code_size);
    } else if (kind == letters("IwPQ")) {
        const uint64_t lists = read_lists_header(cursor, header, depth + 1);
        cursor.boolean();
        const auto code_size = cursor.value<uint64_t>();
        cursor.require(
            read_product_quantizer(cursor, header.dimensions) == code_size, "the size of codes");
        read_lists(cursor, lists, header.count, code_size);
    } else if (kind == letters("IxSQ")) {
        read_codes(cursor, header.count, read_scalar_quantizer(cursor, header.dimensions));
    } else if (kind == letters("IxPq")) {
        read_codes(cursor, header.count, read_product_quantizer(cursor, header.dimensions));
        const auto search_type = cursor.value<int32_t>();
        cursor.require(
            search_type >= faiss::IndexPQ::ST_PQ &&
                search_type <= faiss::IndexPQ::ST_polysemous_generalize,
            "a kind of search");
        cursor.boolean();
        cursor.value<int32_t>();
    } else {
        const auto transforms = cursor.value<int32_t>();
        cursor.require(
            transforms >= 1 && transforms <= most_transforms, "the number of transformations");
        int32_t width = header.dimensions;
        for (int32_t i = 0; i < transforms; i++) width = read_transform(cursor, width);
        const Parsed inner = read_index(cursor, depth + 1, true);
        cursor.require(
            inner.dimensions == width && inner.count == header.count,
            "the shape of the index of transformed vectors");
    }
    return parsed;
}

} // namespace

Parsed parse(const Contents &contents, bool whole, int threads) {
    Cursor cursor(contents);
    const auto kind = Cursor(cursor).value<uint32_t>();
    whole = whole || (kind != letters("IxFI") && kind != letters("IHNf"));
    if (whole) contents.check_all(threads);
    Parsed parsed = read_index(cursor, 0, whole);
    if (cursor.left() != 0) {
        throw malformed(
            std::to_string(cursor.left()) + " bytes follow the index, which belong to nothing");
    }
    if (parsed.in_place) {
        parsed.rows.contents = &contents;
        if (parsed.has_graph) parsed.graph.contents = &contents;
    }
    return parsed;
}

} // namespace cfaiss
