// A block of weights turned on its side; see Table.h.

namespace {

template <int... Lane>
struct Lanes {};
template <int Count, int... Lane>
struct FirstLanes : FirstLanes<Count - 1, Count - 1, Lane...> {};
template <int... Lane>
struct FirstLanes<0, Lane...> {
    typedef Lanes<Lane...> All;
};

// Of each pair of squares of `Size` lanes that lie across the diagonal, exchanges the two.
template <int Size, int... Lane>
inline void exchange(Vector &upper, Vector &lower, Lanes<Lane...>) {
    const Vector left =
        __builtin_shufflevector(upper, lower, (Lane & Size ? WIDTH + Lane - Size : Lane)...);
    lower = __builtin_shufflevector(upper, lower, (Lane & Size ? WIDTH + Lane : Lane + Size)...);
    upper = left;
}

template <int Size>
inline void transpose(Vector *square) {
#pragma clang loop unroll(full)
    for (int row = 0; row < WIDTH; row++)
        if (!(row & Size))
            exchange<Size>(square[row], square[row + Size], typename FirstLanes<WIDTH>::All());
    if constexpr (Size > 1) transpose<Size / 2>(square);
}

void transpose(
    const float *const *rows, int64_t count, int64_t k, int64_t padded_k, int64_t block,
    float *target) {
    for (int64_t i = 0; i < block; i += WIDTH)
        for (int64_t j = 0; j < k; j += WIDTH) {
            const int64_t n = k - j < WIDTH ? k - j : WIDTH;
            Vector square[WIDTH];
            if (n == WIDTH && i + WIDTH <= count) {
#pragma clang loop unroll(full)
                for (int row = 0; row < WIDTH; row++) {
                    square[row] = load(rows[i + row] + j);
                    // The next rows, which the processor does not foresee.
                    __builtin_prefetch(rows[(i + WIDTH + row < count ? i + WIDTH : 0) + row] + j);
                }
            } else {
                for (int row = 0; row < WIDTH; row++)
                    square[row] = i + row < count ? load(rows[i + row] + j, n) : Vector{};
            }
            transpose<WIDTH / 2>(square);
            for (int column = 0; column < n; column++)
                store(target + (j + column) * block + i, square[column]);
        }
    for (int64_t at = k * block; at < padded_k * block; at++) target[at] = 0;
}

}  // namespace
