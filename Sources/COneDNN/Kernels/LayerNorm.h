// Layer normalization of one row and its way back.

namespace {

void layer_norm(
    const kernels::LayerNorm &norm, const float *a, const float *b, const float *c, float *y,
    uint16_t *y_bf16, float *normalized, float *inverse) {
    const int64_t h = norm.h, whole = h / WIDTH * WIDTH;
    // y holds the sum of the inputs, then the result.
    Vector total = {};
    float rest = 0;
    for (int64_t i = 0; i < whole; i += WIDTH) {
        Vector x = load(a + i);
        if (b) x += load(b + i);
        if (c) x += load(c + i);
        total += x;
        store(y + i, x);
    }
    for (int64_t i = whole; i < h; i++) {
        y[i] = a[i] + (b ? b[i] : 0) + (c ? c[i] : 0);
        rest += y[i];
    }
    const float mean = (sum(total) + rest) / h;
    Vector squares = {};
    rest = 0;
    for (int64_t i = 0; i < whole; i += WIDTH) {
        Vector x = load(y + i) - mean;
        squares = multiply_add(x, x, squares);
    }
    for (int64_t i = whole; i < h; i++) rest += (y[i] - mean) * (y[i] - mean);
    const float scale = 1 / __builtin_sqrtf((sum(squares) + rest) / h + norm.epsilon);
    if (inverse) *inverse = scale;
    for (int64_t i = 0; i < whole; i += WIDTH) {
        Vector n = (load(y + i) - mean) * scale;
        if (normalized) store(normalized + i, n);
        Vector x = multiply_add(n, load(norm.gamma + i), load(norm.beta + i));
        store(y + i, x);
        if (y_bf16) store_bf16(y_bf16 + i, x);
    }
    for (int64_t i = whole; i < h; i++) {
        const float n = (y[i] - mean) * scale;
        if (normalized) normalized[i] = n;
        y[i] = n * norm.gamma[i] + norm.beta[i];
        if (y_bf16) y_bf16[i] = bf16(y[i]);
    }
}

// With n the normalized row and g = dy · γ, the way back of y = n · γ + β is
//   dx = (g - mean(g) - n · mean(g · n)) · inverse,  dγ += dy · n,  dβ += dy.
void layer_norm_backward(
    const kernels::LayerNorm &norm, const float *dy, const float *normalized, float inverse,
    float *dx, float *dgamma, float *dbeta) {
    const int64_t h = norm.h;
    Vector total = {}, product = {};
    for (int64_t i = 0; i < h; i += WIDTH) {
        const int64_t n = h - i < WIDTH ? h - i : WIDTH;
        const Vector d = load(dy + i, n), x = load(normalized + i, n);
        const Vector g = d * load(norm.gamma + i, n);
        total += g;
        product = multiply_add(g, x, product);
        store(dgamma + i, multiply_add(d, x, load(dgamma + i, n)), n);
        store(dbeta + i, d + load(dbeta + i, n), n);
    }
    const float mean = sum(total) / h, correlation = sum(product) / h;
    for (int64_t i = 0; i < h; i += WIDTH) {
        const int64_t n = h - i < WIDTH ? h - i : WIDTH;
        const Vector g = load(dy + i, n) * load(norm.gamma + i, n);
        store(dx + i, (g - mean - load(normalized + i, n) * correlation) * inverse, n);
    }
}

}  // namespace
