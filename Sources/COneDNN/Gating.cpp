// The operations of encoders that rotate queries and keys, gate their feed-forward networks and add up
// before they normalize. Each number is computed by itself, so the bits depend on nothing else.
#include <algorithm>

#include "Worker.h"

namespace {

// Numbers that a thread takes at a time.
const int64_t numbers_at_once = 1 << 14;

template <class Body>
void for_rows(odn_worker *worker, int64_t t, int64_t columns, Body body) {
    const int64_t rows = std::max<int64_t>(1, numbers_at_once / std::max<int64_t>(columns, 1));
    worker->parallel((t + rows - 1) / rows, [&](int64_t block, int) {
        const int64_t end = std::min(t, (block + 1) * rows);
        for (int64_t row = block * rows; row < end; row++) body(row);
    });
}

}  // namespace

extern "C" {

void odn_rotate(
    odn_worker *worker, float *qkv, int64_t t, int64_t heads, int64_t d, const int32_t *positions,
    const float *cosines, const float *sines, bool back) {
    const int64_t half = d / 2, stride = 3 * heads * d;
    const float sign = back ? -1.0f : 1.0f;
    for_rows(worker, t, stride, [&](int64_t row) {
        const float *c = cosines + positions[row] * half, *s = sines + positions[row] * half;
        for (int64_t head = 0; head < 2 * heads; head++) {
            float *x = qkv + row * stride + head * d, *y = x + half;
            for (int64_t i = 0; i < half; i++) {
                const float a = x[i], b = y[i], sine = sign * s[i];
                x[i] = a * c[i] - b * sine;
                y[i] = b * c[i] + a * sine;
            }
        }
    });
}

void odn_multiply(
    odn_worker *worker, const float *a, const float *b, int64_t t, int64_t n, float *y, uint16_t *y_bf16) {
    for_rows(worker, t, n, [&](int64_t row) {
        const float *p = a + row * n, *q = b + row * n;
        float *r = y + row * n;
        for (int64_t i = 0; i < n; i++) r[i] = p[i] * q[i];
        if (y_bf16) worker->kernels->round_bf16(r, n, y_bf16 + row * n);
    });
}

void odn_multiply_backward(
    odn_worker *worker, const float *dy, const float *a, const float *b, int64_t t, int64_t n, float *da,
    float *db) {
    for_rows(worker, t, n, [&](int64_t row) {
        for (int64_t i = row * n; i < (row + 1) * n; i++) {
            da[i] += dy[i] * b[i];
            db[i] += dy[i] * a[i];
        }
    });
}

void odn_residual(
    odn_worker *worker, const float *x, const float *residual, int64_t t, int64_t h,
    const odn_dropout *dropout, float *y) {
    for_rows(worker, t, h, [&](int64_t row) {
        std::copy_n(residual + row * h, h, y + row * h);
        if (dropout)
            worker->kernels->drop(dropout, row, x + row * h, h, true, y + row * h);
        else
            worker->kernels->add(x + row * h, h, y + row * h);
    });
}

void odn_residual_backward(
    odn_worker *worker, const float *dy, int64_t t, int64_t h, const odn_dropout *dropout, float *dx,
    float *dresidual) {
    for_rows(worker, t, h, [&](int64_t row) {
        if (dropout)
            worker->kernels->drop(dropout, row, dy + row * h, h, true, dx + row * h);
        else
            worker->kernels->add(dy + row * h, h, dx + row * h);
        worker->kernels->add(dy + row * h, h, dresidual + row * h);
    });
}

}  // extern "C"
