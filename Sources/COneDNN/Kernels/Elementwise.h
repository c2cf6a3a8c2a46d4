// What runs over long rows of numbers one by one.

namespace {

void add(const float *x, int64_t count, float *y) {
    for (int64_t i = 0; i < count; i += WIDTH) {
        const int64_t n = count - i < WIDTH ? count - i : WIDTH;
        store(y + i, load(x + i, n) + load(y + i, n), n);
    }
}

void round_bf16(const float *x, int64_t count, uint16_t *y) {
    const int64_t whole = count / WIDTH * WIDTH;
    for (int64_t i = 0; i < whole; i += WIDTH) store_bf16(y + i, load(x + i));
    for (int64_t i = whole; i < count; i++) y[i] = bf16(x[i]);
}

double squares(const float *x, int64_t count) {
    double result = 0;
    // Runs short enough that single precision holds their sums.
    for (int64_t start = 0; start < count; start += 64 * WIDTH) {
        const int64_t end = count < start + 64 * WIDTH ? count : start + 64 * WIDTH;
        Vector total = {};
        for (int64_t i = start; i < end; i += WIDTH) {
            const Vector v = load(x + i, end - i < WIDTH ? end - i : WIDTH);
            total = multiply_add(v, v, total);
        }
        result += sum(total);
    }
    return result;
}

void adamw(const odn_adamw &a, const float *gradient, int64_t count, float *x, float *m, float *v) {
    const float decayed = 1 - a.rate * a.decay;
    for (int64_t i = 0; i < count; i += WIDTH) {
        const int64_t n = count - i < WIDTH ? count - i : WIDTH;
        const Vector g = load(gradient + i, n) * a.gradient_scale;
        const Vector mean = multiply_add(g, all(1 - a.beta1), load(m + i, n) * a.beta1);
        const Vector square = multiply_add(g * g, all(1 - a.beta2), load(v + i, n) * a.beta2);
        const Vector root = __builtin_elementwise_sqrt(square * a.square_correction) + a.epsilon;
        store(m + i, mean, n);
        store(v + i, square, n);
        store(
            x + i, load(x + i, n) * decayed - (mean * a.mean_correction) * a.rate / root, n);
    }
}

}  // namespace
