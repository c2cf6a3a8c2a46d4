// Dropout whose choice for an element depends on its key and column alone, so that it is the same
// whatever the batch, the chunk and the number of threads, and can be had again on the way back.
// Srivastava et al., "Dropout", JMLR 2014; kept elements are scaled by 1 / (1 - rate).

namespace {

// A bijection that spreads every bit over all others: the finalizer of MurmurHash3
// (https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp).
inline Bits scramble(Bits x) {
    x ^= x >> 16;
    x *= 0x85EBCA6Bu;
    x ^= x >> 13;
    x *= 0xC2B2AE35u;
    return x ^ (x >> 16);
}

// The finalizer of SplitMix64. Steele, Lea and Flood, OOPSLA 2014.
inline uint64_t scramble(uint64_t x) {
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
    return x ^ (x >> 31);
}

// The choices for one row at one place of the network.
class DropoutRow {
   public:
    // Without dropout everything is kept as it is.
    DropoutRow(const odn_dropout *dropout, int64_t row, uint64_t part = 0) {
        if (!dropout) return;
        key_ = scramble(dropout->keys[row] ^ scramble(((uint64_t)dropout->site << 32) + part + 1));
        threshold_ = (uint32_t)(dropout->rate * 4294967296.0);
        scale_ = (float)(1 / (1 - (double)dropout->rate));
    }

    // 0 or 1 / (1 - rate) for the columns from `column` on.
    Vector scales(int64_t column) const {
        Bits x;
        for (int i = 0; i < WIDTH; i++) x[i] = (uint32_t)column + i;
        x = scramble(x * 0x9E3779B9u + (uint32_t)key_);
        x = scramble(x ^ (uint32_t)(key_ >> 32));
        return x >= threshold_ ? all(scale_) : Vector{};
    }

   private:
    uint64_t key_ = 0;
    uint32_t threshold_ = 0;
    float scale_ = 1;
};

// y = or += the kept of x, for one row; `adds` tells which. y may be x.
void drop(const odn_dropout *dropout, int64_t row, const float *x, int64_t h, bool adds, float *y) {
    const DropoutRow choices(dropout, row);
    for (int64_t i = 0; i < h; i += WIDTH) {
        const int64_t n = h - i < WIDTH ? h - i : WIDTH;
        Vector v = load(x + i, n) * choices.scales(i);
        if (adds) v += load(y + i, n);
        store(y + i, v, n);
    }
}

}  // namespace
