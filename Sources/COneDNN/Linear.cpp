#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <tuple>
#include <vector>

#include "Descriptions.h"
#include "Worker.h"

using dnnl::memory;
using Tag = dnnl::memory::format_tag;

struct odn_linear {
    odn_linear_shape shape;
    // How the weights are packed.
    memory::desc packed;
    std::vector<float> bias;
    // The packed weights; null before the first packing.
    std::shared_ptr<void> weight;
};

namespace {

// The layer as oneDNN computes it. GELU it would compute in three times as long as our own kernel takes,
// which runs over some rows as long as these are in the cache.
odn_linear_shape product(odn_linear_shape shape) {
    if (shape.activation == odn_gelu_erf) {
        shape.activation = odn_identity;
        shape.output = odn_f32;
    }
    return shape;
}

dnnl::inner_product_forward::primitive_desc describe(
    const odn_linear_shape &l, int64_t t, const memory::desc &weight) {
    const auto attr = attributes(l.accumulates, l.activation);
    const auto x = matrix(t, l.k, l.type), y = matrix(t, l.n, l.output), bias = vector(l.n);
#if DNNL_VERSION_MAJOR >= 3
    return {odn_engine(), dnnl::prop_kind::forward_inference, x, weight, bias, y, attr};
#else
    return {{dnnl::prop_kind::forward_inference, x, weight, bias, y}, attr, odn_engine()};
#endif
}

dnnl::inner_product_backward_weights::primitive_desc describe_gradient(
    odn_type type, int64_t t, int64_t n, int64_t k) {
    const auto attr = attributes(false, odn_identity);
    const auto x = matrix(t, k, type), dy = matrix(t, n, type);
    const auto dweight = matrix(n, k, odn_f32), dbias = vector(n);
    const memory::desc weight({n, k}, data_type(type), Tag::any);
#if DNNL_VERSION_MAJOR >= 3
    const dnnl::inner_product_forward::primitive_desc hint(
        odn_engine(), dnnl::prop_kind::forward_training, x, weight, dbias,
        matrix(t, n, odn_f32));
    return {odn_engine(), x, dweight, dbias, dy, hint, attr};
#else
    const dnnl::inner_product_forward::primitive_desc hint(
        {dnnl::prop_kind::forward_training, x, weight, dbias, matrix(t, n, odn_f32)}, odn_engine());
    return {{x, dweight, dbias, dy}, attr, odn_engine(), hint};
#endif
}

// The number of rows whose packing all others share.
const int64_t packing_rows = 512;

// How oneDNN wants the weights of a shape; asked once, because it takes as long as packing some of them.
memory::desc packing(const odn_linear_shape &s) {
    static std::mutex mutex;
    static std::map<std::tuple<int64_t, int64_t, int, int, int, bool>, memory::desc> known;
    const std::lock_guard<std::mutex> lock(mutex);
    auto &desc = known[{s.n, s.k, s.type, s.output, s.activation, s.accumulates}];
    if (desc.get_size() == 0) {
        const memory::desc any({s.n, s.k}, data_type(s.type), Tag::any);
        desc = describe(s, packing_rows, any).weights_desc();
    }
    return desc;
}

int levels_of_blocks(const memory::desc &packed) {
#if DNNL_VERSION_MAJOR >= 3
    return packed.get_inner_nblks();
#else
    return packed.data.format_desc.blocking.inner_nblks;
#endif
}

// Whether oneDNN multiplies by its GEMM, as it does where it has no product of packed weights for the
// processor: version 2 without AVX-512. The GEMM takes rows by six or by four, adds up those that are left
// in other orders (jit_avx_gemm_f32.cpp), and in others again for many rows or threads (nocopy_checker_avx2,
// calc_nthr_nocopy_avx). So rows come to it by the dozen, few at a time, and each call is one thread's.
bool multiplies_by_gemm() {
    static const bool answer =
        levels_of_blocks(packing({64, 64, odn_f32, odn_f32, odn_identity, false, false})) == 0;
    return answer;
}

// So few that the GEMM copies no matrix, however many outputs there are, which would be another order
// (its limit is at 263 rows); of whole dozens.
const int64_t most_rows_of_gemm = 240;

// Rows of which a thread has computed GELU before it goes on to further ones.
int64_t rows_at_once() { return multiplies_by_gemm() ? 48 : 64; }

// How many rows of W oneDNN wants side by side, transposed, one such block after the other; 0 when it
// wants the weights in another way.
int64_t rows_of_blocks(const odn_linear_shape &shape, const memory::desc &packed) {
#if DNNL_VERSION_MAJOR >= 3
    const auto sizes = packed.get_inner_blks(), places = packed.get_inner_idxs();
    const auto strides = packed.get_strides(), padded = packed.get_padded_dims();
    const bool plain = packed.get_format_kind() == memory::format_kind::blocked &&
        packed.get_submemory_offset() == 0;
    const auto type = packed.get_data_type();
#else
    const auto &sizes = packed.data.format_desc.blocking.inner_blks;
    const auto &places = packed.data.format_desc.blocking.inner_idxs;
    const auto &strides = packed.data.format_desc.blocking.strides;
    const auto &padded = packed.data.padded_dims;
    const bool plain = packed.data.format_kind == dnnl_blocked && packed.data.offset0 == 0 &&
        packed.data.extra.flags == 0;
    const auto type = packed.data_type();
#endif
    if (!plain || shape.transposed || type != memory::data_type::f32 || levels_of_blocks(packed) != 2)
        return 0;
    // Some columns of a block of rows, then the next columns of the same rows.
    const int64_t columns = sizes[0], rows = sizes[1];
    const bool blocks = places[0] == 1 && places[1] == 0 && rows % 16 == 0 &&
        strides[1] == columns * rows && strides[0] == padded[1] * rows;
    return blocks ? rows : 0;
}

// A layer's weights in blocks of rows side by side, as oneDNN wants them. What its own reorder makes of
// them is the same and takes it twice as long.
struct Blocks {
    std::vector<const float *> rows;
    int64_t k, block, padded_k, count;
    const kernels::Table *kernels;

    // `block`: as `rows_of_blocks` says.
    Blocks(
        const odn_linear &l, const odn_matrix *weight, int64_t block, const kernels::Table *kernels)
        : k(l.shape.k), block(block), count((l.shape.n + block - 1) / block), kernels(kernels) {
        padded_k = l.packed.get_size() / sizeof(float) / (block * count);
        rows.reserve(l.shape.n);
        for (; (int64_t)rows.size() < l.shape.n; weight++)
            for (int64_t row = 0; row < weight->rows; row++)
                rows.push_back(weight->numbers + row * k);
    }

    void pack(int64_t index, void *target) const {
        const int64_t first = index * block;
        kernels->transpose(
            &rows[first], std::min(block, (int64_t)rows.size() - first), k, padded_k, block,
            static_cast<float *>(target) + first * padded_k);
    }
};

// Has oneDNN pack one matrix, or several that are copied together first.
void reorder(const odn_linear &l, const odn_matrix *weight, int64_t matrices, void *target) {
    const auto &s = l.shape;
    std::vector<float> whole;
    for (int64_t i = 0; matrices > 1 && i < matrices; i++)
        whole.insert(whole.end(), weight[i].numbers, weight[i].numbers + weight[i].rows * s.k);
    memory plain(
        {{s.n, s.k}, memory::data_type::f32, s.transposed ? Tag::ba : Tag::ab}, odn_engine(),
        matrices > 1 ? whole.data() : const_cast<float *>(weight->numbers));
    memory packed(l.packed, odn_engine(), target);
    dnnl::stream stream(odn_engine());
    dnnl::reorder(plain, packed).execute(stream, plain, packed);
    stream.wait();
}

void pack(
    const odn_linear &l, const odn_matrix *weight, int64_t matrices, int threads,
    const kernels::Table *kernels, void *target) {
    const int64_t block = rows_of_blocks(l.shape, l.packed);
    if (block == 0) return reorder(l, weight, matrices, target);
    const Blocks blocks(l, weight, block, kernels);
    // Each thread takes blocks side by side, as in the product that follows.
    const int64_t team = std::min<int64_t>(threads, blocks.count);
    odn_parallel(threads, team, [&](int64_t share, int) {
        for (int64_t i = blocks.count * share / team; i < blocks.count * (share + 1) / team; i++)
            blocks.pack(i, target);
    });
}

// Whether oneDNN adds the products of a row in an order that hangs on the number of threads, when it plans
// for several: "parallel reduction" over more than 1,024 numbers in jit_brgemm_inner_product_utils.cpp.
// Such a product is planned for one thread, and the rows are shared out here, so that a row has the same
// bits on every machine with these instructions.
bool adds_by_threads(const odn_linear_shape &s) { return s.type == odn_f32 && s.k > 1024; }

size_t size_of(odn_type type) { return type == odn_f32 ? sizeof(float) : sizeof(uint16_t); }

// A primitive that multiplies some rows with weights that are packed so.
const odn_worker::Compiled &compiled(
    odn_worker *worker, const odn_linear_shape &s, const memory::desc &packed, int64_t rows, int threads) {
    return worker->compiled(
        {odn_worker::linear, rows, s.n, s.k, s.type, s.output, s.activation, s.accumulates},
        [&](odn_worker::Compiled &c) {
            const auto d = describe(s, rows, packed);
            c = {dnnl::inner_product_forward(d), d.src_desc(), d.weights_desc(), d.dst_desc(),
                 d.scratchpad_desc()};
        },
        threads);
}

std::unordered_map<int, memory> arguments(
    const odn_worker::Compiled &c, int64_t outputs, const void *x, const void *packed, const float *bias, void *y) {
    return {
        {DNNL_ARG_SRC, {c.x, odn_engine(), const_cast<void *>(x)}},
        {DNNL_ARG_WEIGHTS, {c.weight, odn_engine(), const_cast<void *>(packed)}},
        {DNNL_ARG_BIAS, {vector(outputs), odn_engine(), const_cast<float *>(bias)}},
        {DNNL_ARG_DST, {c.y, odn_engine(), y}}};
}

// The product of a few rows, of which every thread computes some outputs, with its part of the weights:
// these take longer to read than to multiply with. False where they cannot be parted so.
bool multiply_by_outputs(
    odn_worker *worker, const odn_linear &l, const odn_linear_shape &s, const void *packed, const void *x,
    int64_t rows, float *y) {
    const int64_t parts = worker->threads, block = rows_of_blocks(s, l.packed);
    if (rows > 64 || block == 0 || s.n % (block * parts) != 0 || s.accumulates ||
        l.shape.output != odn_f32)
        return false;
    odn_linear_shape part = s;
    part.n = s.n / parts;
    const auto desc = packing(part);
    if (rows_of_blocks(part, desc) != block || desc.get_size() * parts != l.packed.get_size()) return false;
    const auto &c = compiled(worker, part, desc, rows, 1);
    auto *results = static_cast<float *>(worker->scratch.bytes(rows * s.n * sizeof(float)));
    worker->run_parts(parts, [&](int64_t i) {
        return std::pair<const odn_worker::Compiled &, std::unordered_map<int, memory>>(
            c, arguments(
                   c, part.n, x, static_cast<const char *>(packed) + i * desc.get_size(), l.bias.data() + i * part.n,
                   results + i * rows * part.n));
    });
    for (int64_t i = 0; i < parts; i++)
        for (int64_t row = 0; row < rows; row++)
            std::copy_n(results + (i * rows + row) * part.n, part.n, y + row * s.n + i * part.n);
    return true;
}

// - rows: a number that odn_padded_rows gives.
void multiply(
    odn_worker *worker, const odn_linear &l, const odn_linear_shape &s, const void *packed, const void *x,
    int64_t rows, void *y) {
    if (!multiplies_by_gemm() && (!adds_by_threads(s) || worker->threads == 1)) {
        const auto &c = compiled(worker, s, l.packed, rows, worker->threads);
        return worker->run(c, arguments(c, s.n, x, packed, l.bias.data(), y));
    }
    if (multiply_by_outputs(worker, l, s, packed, x, rows, static_cast<float *>(y))) return;
    int64_t share = odn_padded_rows((rows + worker->threads - 1) / worker->threads);
    if (multiplies_by_gemm()) share = std::min(share, most_rows_of_gemm);
    const int64_t parts = (rows + share - 1) / share;
    const auto &some = compiled(worker, s, l.packed, share, 1);
    const auto &last = compiled(worker, s, l.packed, rows - (parts - 1) * share, 1);
    worker->run_parts(parts, [&](int64_t part) {
        const auto &c = part + 1 < parts ? some : last;
        const int64_t first = part * share;
        return std::pair<const odn_worker::Compiled &, std::unordered_map<int, memory>>(
            c, arguments(
                   c, s.n, static_cast<const char *>(x) + first * s.k * size_of(s.type), packed,
                   l.bias.data(), static_cast<char *>(y) + first * s.n * size_of(s.output)));
    });
}

void forward(
    odn_worker *worker, const odn_linear &l, const void *packed, const void *x, int64_t t, void *y) {
    const auto s = product(l.shape);
    const int64_t rows = t == 0 ? 0 : odn_padded_rows(t);
    if (l.shape.activation == s.activation) {
        if (rows > 0) multiply(worker, l, s, packed, x, rows, y);
        return;
    }
    const int64_t step = rows_at_once() * worker->threads;
    const bool in_place = l.shape.output == odn_f32;
    auto *sums = in_place
        ? static_cast<float *>(y)
        : static_cast<float *>(worker->scratch.bytes(std::min(step, rows) * s.n * sizeof(float)));
    for (int64_t first = 0; first < rows; first += step) {
        const int64_t count = std::min(step, rows - first);
        float *these = in_place ? sums + first * s.n : sums;
        multiply(
            worker, l, s, packed, static_cast<const char *>(x) + first * s.k * size_of(s.type), count,
            these);
        worker->parallel((count + 7) / 8, [&](int64_t part, int) {
            const int64_t begin = part * 8 * s.n, size = std::min<int64_t>(8, count - part * 8) * s.n;
            if (in_place) {
                worker->kernels->gelu(these + begin, size, these + begin);
            } else {
                auto *to = static_cast<uint16_t *>(y) + first * s.n + begin;
                worker->kernels->gelu_bf16(these + begin, size, to);
            }
        });
    }
}

}  // namespace

extern "C" {

odn_linear *odn_linear_create(const odn_linear_shape *shape, odn_error *error) {
    odn_linear *result = nullptr;
    odn_guard(error, [&] {
        result = new odn_linear{*shape, packing(product(*shape)), std::vector<float>(shape->n), nullptr};
    });
    return result;
}

bool odn_linear_pack(
    const odn_worker *worker, odn_linear *l, const odn_matrix *weight, int64_t matrices,
    odn_error *error) {
    return odn_guard(error, [&] {
        if (worker) omp_set_num_threads(worker->threads);
        if (!l->weight) l->weight = HugePages::allocate(l->packed.get_size());
        pack(*l, weight, matrices, omp_get_max_threads(), *kernels::available(), l->weight.get());
    });
}

void odn_linear_set_bias(odn_linear *l, const float *bias) {
    std::copy_n(bias, l->shape.n, l->bias.begin());
}

void odn_linear_destroy(odn_linear *linear) { delete linear; }

int64_t odn_padded_rows(int64_t t) {
    const int64_t few = multiplies_by_gemm() ? 12 : 8, many = rows_at_once() / 2;
    const int64_t step = t <= rows_at_once() ? few : many;
    return (t + step - 1) / step * step;
}

bool odn_linear_forward(
    odn_worker *worker, const odn_linear *l, const void *x, int64_t t, void *y, odn_error *error) {
    return odn_guard(error, [&] { forward(worker, *l, l->weight.get(), x, t, y); });
}

bool odn_linear_forward_once(
    odn_worker *worker, const odn_linear *l, const odn_matrix *weight, int64_t matrices,
    const void *x, int64_t t, void *y, odn_error *error) {
    return odn_guard(error, [&] {
        omp_set_num_threads(worker->threads);
        void *packed = worker->ahead ? worker->ahead->packed(l) : nullptr;
        if (!packed) {
            packed = worker->weights(l->packed.get_size());
            pack(*l, weight, matrices, worker->threads, worker->kernels, packed);
        }
        forward(worker, *l, packed, x, t, y);
    });
}

bool odn_worker_pack_ahead(
    odn_worker *worker, const odn_weighted *layers, int64_t count, odn_error *error) {
    return odn_guard(error, [&] {
        std::vector<PackAhead::Layer> ahead;
        for (int64_t i = 0; i < count; i++) {
            const odn_linear &l = *layers[i].linear;
            const auto blocks =
                std::make_shared<const Blocks>(
                    l, layers[i].weight, rows_of_blocks(l.shape, l.packed), worker->kernels);
            ahead.push_back(
                {&l, l.packed.get_size(), blocks->count,
                 [blocks](int64_t index, void *target) { blocks->pack(index, target); }});
        }
        if (count > 0) worker->ahead = std::make_unique<PackAhead>(std::move(ahead));
    });
}

bool odn_linear_packs_ahead(const odn_linear *l) {
    odn_error error;
    bool does = false;
    odn_guard(&error, [&] { does = rows_of_blocks(l->shape, l->packed) > 0; });
    return does;
}

bool odn_linear_gradient(
    odn_worker *worker, odn_type type, void *x, void *dy, int64_t t, int64_t n, int64_t k,
    float *dweight, float *dbias, odn_error *error) {
    return odn_guard(error, [&] {
        if (t == 0) return;
        const int64_t rows = odn_padded_rows(t);
        const size_t size = type == odn_bf16 ? sizeof(uint16_t) : sizeof(float);
        std::memset(static_cast<char *>(x) + t * k * size, 0, (rows - t) * k * size);
        std::memset(static_cast<char *>(dy) + t * n * size, 0, (rows - t) * n * size);
        const auto &compiled = worker->compiled(
            {odn_worker::linear_gradient, rows, n, k, type, odn_f32, odn_identity, false},
            [&](odn_worker::Compiled &c) {
                const auto d = describe_gradient(type, rows, n, k);
                c = {dnnl::inner_product_backward_weights(d), d.src_desc(), d.diff_weights_desc(),
                     d.diff_dst_desc(), d.scratchpad_desc()};
            });
        float *fresh = static_cast<float *>(worker->scratch.bytes((n * k + n) * sizeof(float)));
        worker->run(
            compiled, {{DNNL_ARG_SRC, {compiled.x, odn_engine(), x}},
                       {DNNL_ARG_DIFF_WEIGHTS, {compiled.weight, odn_engine(), fresh}},
                       {DNNL_ARG_DIFF_BIAS, {vector(n), odn_engine(), fresh + n * k}},
                       {DNNL_ARG_DIFF_DST, {compiled.y, odn_engine(), dy}}});
        odn_add(worker, fresh, n * k, dweight);
        if (dbias) odn_add(worker, fresh + n * k, n, dbias);
    });
}
}
