// Vectors of WIDTH floats and what the kernels do with them; see Table.h.

namespace {

typedef float Vector __attribute__((vector_size(WIDTH * 4)));
typedef int32_t Integers __attribute__((vector_size(WIDTH * 4)));
typedef uint32_t Bits __attribute__((vector_size(WIDTH * 4)));
inline Vector load(const float *p) {
    Vector v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}

// The first n numbers, then zeros.
inline Vector load(const float *p, int64_t n) {
    if (n == WIDTH) return load(p);
    Vector v = {};
    __builtin_memcpy(&v, p, n * sizeof(float));
    return v;
}

inline void store(float *p, Vector v) { __builtin_memcpy(p, &v, sizeof v); }

inline void store(float *p, Vector v, int64_t n) {
    if (n == WIDTH) return store(p, v);
    __builtin_memcpy(p, &v, n * sizeof(float));
}

inline Vector all(float x) { return x - Vector{}; }

inline Vector multiply_add(Vector a, Vector b, Vector c) {
#if FUSED
    return __builtin_elementwise_fma(a, b, c);
#else
    return a * b + c;
#endif
}

inline Vector maximum(Vector a, Vector b) { return a > b ? a : b; }

inline float sum(Vector v) {
    float lanes[WIDTH];
    store(lanes, v);
    for (int half = WIDTH / 2; half > 0; half /= 2)
        for (int i = 0; i < half; i++) lanes[i] += lanes[i + half];
    return lanes[0];
}

inline float maximum(Vector v) {
    float lanes[WIDTH];
    store(lanes, v);
    for (int half = WIDTH / 2; half > 0; half /= 2)
        for (int i = 0; i < half; i++)
            lanes[i] = lanes[i] > lanes[i + half] ? lanes[i] : lanes[i + half];
    return lanes[0];
}

// e^x for x ≤ 0, relative error below 2e-7; 0 below -87.
inline Vector exponential(Vector x) {
    const float magic = 12582912.0f;  // 1.5 · 2^23: adding it rounds to an integer
    Vector shifted = multiply_add(x, all(1.44269504f), all(magic));
    Vector n = shifted - magic;
    Vector r = multiply_add(n, all(-0.693359375f), x);
    r = multiply_add(n, all(2.12194440e-4f), r);
    Vector p = all(1.9875691500e-4f);
    p = multiply_add(p, r, all(1.3981999507e-3f));
    p = multiply_add(p, r, all(8.3334519073e-3f));
    p = multiply_add(p, r, all(4.1665795894e-2f));
    p = multiply_add(p, r, all(1.6666665459e-1f));
    p = multiply_add(p, r, all(5.0000001201e-1f));
    p = multiply_add(p, r * r, r + 1.0f);
    Integers power = (((Integers)shifted) << 23) + (Integers)p;
    return x < -87.0f ? Vector{} : (Vector)power;
}

// The upper half of each number, to the nearest and of two to the even one.
#if PAIRS
typedef __bf16 Halves __attribute__((vector_size(WIDTH * 2)));

inline Halves halves(Vector v) { return __builtin_convertvector(v, Halves); }
#else
typedef uint16_t Halves __attribute__((vector_size(WIDTH * 2)));

inline Halves halves(Vector v) {
    Bits bits = (Bits)v;
    Bits rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
    // NaN stays NaN.
    rounded = v == v ? rounded : Bits{} + 0x7FC0;
    return __builtin_convertvector(rounded, Halves);
}
#endif

inline void store_bf16(uint16_t *p, Vector v) {
    Halves h = halves(v);
    __builtin_memcpy(p, &h, sizeof h);
}

inline void store_bf16(uint16_t *p, Vector v, int64_t n) {
    if (n == WIDTH) return store_bf16(p, v);
    uint16_t lanes[WIDTH];
    store_bf16(lanes, v);
    __builtin_memcpy(p, lanes, n * sizeof(uint16_t));
}

inline uint16_t bf16(float x) {
    uint16_t lanes[WIDTH];
    store_bf16(lanes, all(x));
    return lanes[0];
}

// n rounded up to whole vectors.
inline int64_t padded(int64_t n) { return (n + WIDTH - 1) / WIDTH * WIDTH; }

inline Vector interleave_low(Vector a, Vector b) {
#if WIDTH == 16
    return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
#elif WIDTH == 8
    return __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
#else
    return __builtin_shufflevector(a, b, 0, 4, 1, 5);
#endif
}

inline Vector interleave_high(Vector a, Vector b) {
#if WIDTH == 16
    return __builtin_shufflevector(
        a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
#elif WIDTH == 8
    return __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
#else
    return __builtin_shufflevector(a, b, 2, 6, 3, 7);
#endif
}

// Transposes a block in place: as many rounds of interleaving rows i and i + WIDTH/2 as WIDTH has
// binary digits.
inline void transpose(Vector rows[WIDTH]) {
#pragma clang loop unroll(full)
    for (int round = 1; round < WIDTH; round *= 2) {
        Vector next[WIDTH];
#pragma clang loop unroll(full)
        for (int i = 0; i < WIDTH / 2; i++) {
            next[2 * i] = interleave_low(rows[i], rows[i + WIDTH / 2]);
            next[2 * i + 1] = interleave_high(rows[i], rows[i + WIDTH / 2]);
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < WIDTH; i++) rows[i] = next[i];
    }
}

}  // namespace
