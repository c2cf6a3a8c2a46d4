// GELU(x) = x · Φ(x) = x/2 · (1 + erf(x/√2)) (Hendrycks and Gimpel, arXiv:1606.08415) and its derivative
// Φ(x) + x · φ(x).

namespace {

inline Vector polynomial(Vector x, const float (&coefficients)[6]) {
    Vector result = all(coefficients[0]);
#pragma clang loop unroll(full)
    for (int i = 1; i < 6; i++) result = multiply_add(result, x, all(coefficients[i]));
    return result;
}

// erf(x/√2), to 2e-7: a quotient of polynomials in x², fitted to 1e-8 by tools/fixtures/gelu.py; where it
// ends erf is 1.
inline Vector error_function(Vector x) {
    const float end = 5.4f;
    const float above[] = {4.677341716e-08f, 1.272003594e-05f, 3.286436252e-04f,
                           9.301703663e-03f, 6.674448629e-02f, 7.978844907e-01f};
    const float below[] = {1.216590076e-06f, 7.240020802e-05f, 1.858982164e-03f,
                           2.837869515e-02f, 2.503178972e-01f, 1.0f};
    Vector t = x > end ? all(end) : x;
    t = t < -end ? all(-end) : t;
    const Vector square = t * t;
    return t * polynomial(square, above) / polynomial(square, below);
}

inline Vector gelu(Vector x) {
    const Vector half = x * 0.5f;
    return multiply_add(half, error_function(x), half);
}

void gelu(const float *x, int64_t count, float *y) {
    const int64_t whole = count / WIDTH * WIDTH;
    for (int64_t i = 0; i < whole; i += WIDTH) store(y + i, gelu(load(x + i)));
    if (whole < count) store(y + whole, gelu(load(x + whole, count - whole)), count - whole);
}

void gelu_bf16(const float *x, int64_t count, uint16_t *y) {
    const int64_t whole = count / WIDTH * WIDTH;
    for (int64_t i = 0; i < whole; i += WIDTH) store_bf16(y + i, gelu(load(x + i)));
    if (whole < count) store_bf16(y + whole, gelu(load(x + whole, count - whole)), count - whole);
}

void gelu_backward(const float *x, const float *dy, int64_t count, float *dx) {
    for (int64_t i = 0; i < count; i += WIDTH) {
        const int64_t n = count - i < WIDTH ? count - i : WIDTH;
        const Vector v = load(x + i, n);
        const Vector below = multiply_add(all(0.5f), error_function(v), all(0.5f));
        const Vector density = exponential(v * v * -0.5f) * 0.398942280f;
        store(dx + i, load(dy + i, n) * multiply_add(v, density, below), n);
    }
}

}  // namespace
