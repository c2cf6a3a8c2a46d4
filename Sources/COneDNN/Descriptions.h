// What operations tell oneDNN of their data.
#pragma once
#include <dnnl.hpp>

#include "include/COneDNN.h"

inline dnnl::memory::data_type data_type(odn_type type) {
    return type == odn_bf16 ? dnnl::memory::data_type::bf16 : dnnl::memory::data_type::f32;
}

// The exact GELU is not left to oneDNN.
inline dnnl::algorithm algorithm(odn_activation activation) {
    switch (activation) {
    case odn_relu: return dnnl::algorithm::eltwise_relu;
    default: return dnnl::algorithm::eltwise_gelu_tanh;
    }
}

inline dnnl::primitive_attr attributes(bool accumulates, odn_activation activation) {
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    dnnl::post_ops operations;
    if (accumulates) operations.append_sum(1);
    if (activation != odn_identity) {
#if DNNL_VERSION_MAJOR >= 3
        operations.append_eltwise(algorithm(activation), 0, 0);
#else
        operations.append_eltwise(1, algorithm(activation), 0, 0);
#endif
    }
    if (operations.len() > 0) attributes.set_post_ops(operations);
    return attributes;
}

inline dnnl::memory::desc matrix(int64_t rows, int64_t columns, odn_type type) {
    return {{rows, columns}, data_type(type), dnnl::memory::format_tag::ab};
}

inline dnnl::memory::desc vector(int64_t count) {
    return {{count}, dnnl::memory::data_type::f32, dnnl::memory::format_tag::a};
}
