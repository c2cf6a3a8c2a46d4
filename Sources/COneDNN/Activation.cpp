#include "Descriptions.h"
#include "Worker.h"

namespace {

dnnl::eltwise_forward::primitive_desc describe_activation(
    odn_activation activation, int64_t t, int64_t n) {
    const auto attr = attributes(false, odn_identity);
    const auto x = matrix(t, n, odn_f32);
#if DNNL_VERSION_MAJOR >= 3
    return {odn_engine(), dnnl::prop_kind::forward_training, algorithm(activation), x, x, 0, 0,
            attr};
#else
    return {{dnnl::prop_kind::forward_training, algorithm(activation), x, 0, 0}, attr,
            odn_engine()};
#endif
}

dnnl::eltwise_backward::primitive_desc describe_activation_gradient(
    odn_activation activation, int64_t t, int64_t n) {
    const auto attr = attributes(false, odn_identity);
    const auto hint = describe_activation(activation, t, n);
    const auto x = matrix(t, n, odn_f32);
#if DNNL_VERSION_MAJOR >= 3
    return {odn_engine(), algorithm(activation), x, x, x, 0, 0, hint, attr};
#else
    return {{algorithm(activation), x, x, 0, 0}, attr, odn_engine(), hint};
#endif
}

}  // namespace

extern "C" {

bool odn_activate(
    odn_worker *worker, odn_activation activation, const float *x, int64_t t, int64_t n, float *y,
    odn_error *error) {
    return odn_guard(error, [&] {
        if (t == 0) return;
        if (activation == odn_gelu_erf) {
            return for_runs(worker, t * n, run_length, [&](int64_t first, int64_t count) {
                worker->kernels->gelu(x + first, count, y + first);
            });
        }
        const int64_t rows = odn_padded_rows(t);
        const auto &compiled = worker->compiled(
            {odn_worker::activation, rows, n, 0, odn_f32, odn_f32, activation, false},
            [&](odn_worker::Compiled &c) {
                const auto d = describe_activation(activation, rows, n);
                c = {dnnl::eltwise_forward(d), d.src_desc(), {}, d.dst_desc(), d.scratchpad_desc()};
            });
        worker->run(
            compiled, {{DNNL_ARG_SRC, {compiled.x, odn_engine(), const_cast<float *>(x)}},
                       {DNNL_ARG_DST, {compiled.y, odn_engine(), y}}});
    });
}

bool odn_activate_backward(
    odn_worker *worker, odn_activation activation, const float *x, const float *dy, int64_t t,
    int64_t n, float *dx, odn_error *error) {
    return odn_guard(error, [&] {
        if (t == 0) return;
        if (activation == odn_gelu_erf) {
            return for_runs(worker, t * n, run_length, [&](int64_t first, int64_t count) {
                worker->kernels->gelu_backward(x + first, dy + first, count, dx + first);
            });
        }
        const int64_t rows = odn_padded_rows(t);
        const auto &compiled = worker->compiled(
            {odn_worker::activation_gradient, rows, n, 0, odn_f32, odn_f32, activation, false},
            [&](odn_worker::Compiled &c) {
                const auto d = describe_activation_gradient(activation, rows, n);
                c = {dnnl::eltwise_backward(d), d.src_desc(), {}, d.diff_dst_desc(),
                     d.scratchpad_desc()};
            });
        worker->run(
            compiled, {{DNNL_ARG_SRC, {compiled.x, odn_engine(), const_cast<float *>(x)}},
                       {DNNL_ARG_DIFF_DST, {compiled.y, odn_engine(), const_cast<float *>(dy)}},
                       {DNNL_ARG_DIFF_SRC, {compiled.y, odn_engine(), dx}}});
    });
}
}
