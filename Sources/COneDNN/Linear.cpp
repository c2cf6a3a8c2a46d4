#include <cstring>

#include "Worker.h"

using dnnl::memory;
using Tag = dnnl::memory::format_tag;

struct odn_linear {
    int64_t n, k;
    odn_type type, output;
    odn_activation activation;
    memory weight, bias;
};

namespace {

memory::data_type data_type(odn_type type) {
    return type == odn_bf16 ? memory::data_type::bf16 : memory::data_type::f32;
}

dnnl::primitive_attr attributes(odn_activation activation) {
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    dnnl::algorithm algorithm;
    switch (activation) {
    case odn_gelu_erf: algorithm = dnnl::algorithm::eltwise_gelu_erf; break;
    case odn_gelu_tanh: algorithm = dnnl::algorithm::eltwise_gelu_tanh; break;
    case odn_relu: algorithm = dnnl::algorithm::eltwise_relu; break;
    default: return attributes;
    }
    dnnl::post_ops operations;
#if DNNL_VERSION_MAJOR >= 3
    operations.append_eltwise(algorithm, 0, 0);
#else
    operations.append_eltwise(1, algorithm, 0, 0);
#endif
    attributes.set_post_ops(operations);
    return attributes;
}

dnnl::inner_product_forward::primitive_desc describe(
    const odn_linear &l, int64_t t, const memory::desc &weight) {
    const memory::desc x({t, l.k}, data_type(l.type), Tag::ab),
        y({t, l.n}, data_type(l.output), Tag::ab), bias({l.n}, memory::data_type::f32, Tag::a);
#if DNNL_VERSION_MAJOR >= 3
    return {odn_engine(), dnnl::prop_kind::forward_inference, x, weight, bias, y,
            attributes(l.activation)};
#else
    return {{dnnl::prop_kind::forward_inference, x, weight, bias, y}, attributes(l.activation),
            odn_engine()};
#endif
}

// The number of rows whose packing all others share.
const int64_t packing_rows = 512;

}  // namespace

extern "C" {

odn_linear *odn_linear_create(
    const float *weight, const float *bias, int64_t n, int64_t k, odn_type type, odn_type output,
    odn_activation activation, odn_error *error) {
    odn_linear *result = nullptr;
    odn_guard(error, [&] {
        odn_linear l{n, k, type, output, activation, {}, {}};
        const auto packed =
            describe(l, packing_rows, {{n, k}, data_type(type), Tag::any}).weights_desc();
        memory plain(
            {{n, k}, memory::data_type::f32, Tag::ab}, odn_engine(), const_cast<float *>(weight));
        l.weight = memory(packed, odn_engine());
        dnnl::stream stream(odn_engine());
        dnnl::reorder(plain, l.weight).execute(stream, plain, l.weight);
        stream.wait();
        l.bias = memory({{n}, memory::data_type::f32, Tag::a}, odn_engine());
        std::memcpy(l.bias.get_data_handle(), bias, n * sizeof(float));
        result = new odn_linear(l);
    });
    return result;
}

void odn_linear_destroy(odn_linear *linear) { delete linear; }

int64_t odn_padded_rows(int64_t t) {
    const int64_t step = t <= 64 ? 8 : 64;
    return (t + step - 1) / step * step;
}

bool odn_linear_forward(
    odn_worker *worker, const odn_linear *l, const void *x, int64_t t, void *y, odn_error *error) {
    return odn_guard(error, [&] {
        if (t == 0) return;
        omp_set_num_threads(worker->threads);
        const int64_t rows = odn_padded_rows(t);
        const odn_worker::Shape shape{rows, l->n, l->k, l->type, l->output, l->activation};
        auto found = worker->primitives.find(shape);
        if (found == worker->primitives.end()) {
            const auto description = describe(*l, rows, l->weight.get_desc());
            found = worker->primitives
                        .emplace(shape, odn_worker::Compiled{
                            dnnl::inner_product_forward(description), description.src_desc(),
                            description.dst_desc(), description.scratchpad_desc()})
                        .first;
        }
        const auto &compiled = found->second;
        memory source(compiled.x, odn_engine(), const_cast<void *>(x));
        memory result(compiled.y, odn_engine(), y);
        memory scratchpad(
            compiled.scratchpad, odn_engine(),
            worker->scratchpad.bytes(compiled.scratchpad.get_size() + 1));
        compiled.primitive.execute(
            worker->stream, {{DNNL_ARG_SRC, source},
                             {DNNL_ARG_WEIGHTS, l->weight},
                             {DNNL_ARG_BIAS, l->bias},
                             {DNNL_ARG_DST, result},
                             {DNNL_ARG_SCRATCHPAD, scratchpad}});
        worker->stream.wait();
    });
}
}
