// What one calling thread owns: see odn_worker in COneDNN.h.
#pragma once
#include <dnnl.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "HugePages.h"
#include "Kernels/Kernels.h"
#include "PackAhead.h"
#include "include/COneDNN.h"

// libgomp's, which oneDNN runs its own loops on. Declared by hand because the package builds
// without compiler flags. https://gcc.gnu.org/onlinedocs/libgomp/Implementing-PARALLEL-construct.html
extern "C" {
void omp_set_num_threads(int);
int omp_get_max_threads(void);
int omp_get_thread_num(void);
int omp_get_num_procs(void);
void GOMP_parallel(void (*)(void *), void *, unsigned, unsigned);
}

// Memory on a cache line, grown on demand and never shrunk.
class Scratch {
   public:
    Scratch() = default;
    Scratch(const Scratch &) = delete;
    ~Scratch() { std::free(memory_); }

    void *bytes(size_t size) {
        if (size > size_) {
            std::free(memory_);
            size_ = (size + 4095) / 4096 * 4096;
            memory_ = std::aligned_alloc(64, size_);
            if (!memory_) {
                size_ = 0;
                throw std::bad_alloc();
            }
        }
        return memory_;
    }

   private:
    void *memory_ = nullptr;
    size_t size_ = 0;
};

// Calls body(0 ..< count), on up to `threads` processors, with the number of the thread.
template <class Body>
void odn_parallel(int threads, int64_t count, Body body) {
    const int team = count < threads ? (int)count : threads;
    if (team <= 1) {
        for (int64_t i = 0; i < count; i++) body(i, 0);
        return;
    }
    struct Share {
        Body &body;
        int64_t count;
        int team;
    } share{body, count, team};
    GOMP_parallel(
        [](void *data) {
            Share &share = *static_cast<Share *>(data);
            const int thread = omp_get_thread_num();
            for (int64_t i = thread; i < share.count; i += share.team) share.body(i, thread);
        },
        &share, team, 0);
}

dnnl::engine &odn_engine();

struct odn_worker {
    enum Operation { linear, linear_gradient, activation, activation_gradient };
    // The operation, its rows, outputs and inputs, types, activation, and whether it accumulates.
    using Shape = std::tuple<Operation, int64_t, int64_t, int64_t, int, int, int, bool>;

    struct Compiled {
        dnnl::primitive primitive;
        dnnl::memory::desc x, weight, y, scratchpad;
    };

    int threads;
    dnnl::stream stream;
    std::map<Shape, Compiled> primitives;
    Scratch scratchpad, scratch;
    // Of parts that run at the same time.
    std::vector<std::unique_ptr<Scratch>> scratchpads;
    // For weights that are packed for one product; null before the first.
    std::unique_ptr<HugePages> once;
    // Null where nothing is packed ahead.
    std::unique_ptr<PackAhead> ahead;
    const kernels::Table *kernels;

    odn_worker(int threads, const kernels::Table *kernels);

    // The primitive of this shape, made by `compile` when it is met for the first time. A shape is always
    // planned for one thread, or always for the worker's.
    template <class Compile>
    const Compiled &compiled(const Shape &shape, Compile compile, int planned) {
        const auto found = primitives.find(shape);
        if (found != primitives.end()) return found->second;
        // oneDNN plans a primitive for the number of threads that is set when it is made.
        omp_set_num_threads(planned);
        Compiled fresh;
        compile(fresh);
        return primitives.emplace(shape, fresh).first->second;
    }

    template <class Compile>
    const Compiled &compiled(const Shape &shape, Compile compile) {
        return compiled(shape, compile, threads);
    }

    // Memory for weights of one product, the same for all of them.
    void *weights(size_t size) {
        if (!once || once->size() < size)
            once = std::make_unique<HugePages>(std::max(size, size_t(4) << 20));
        return once->memory();
    }

    void run(const Compiled &compiled, std::unordered_map<int, dnnl::memory> arguments);

    // Runs primitives that are planned for one thread at the same time: `part(i)` gives the primitive and
    // the arguments of each.
    template <class Part>
    void run_parts(int64_t count, Part part) {
        while ((int64_t)scratchpads.size() < count)
            scratchpads.push_back(std::make_unique<Scratch>());
        std::mutex mutex;
        std::exception_ptr failure;
        // Of oneDNN within a part; one part alone runs outside of any team.
        omp_set_num_threads(1);
        parallel(count, [&](int64_t i, int) {
            try {
                const auto [compiled, arguments] = part(i);
                dnnl::stream own(odn_engine());
                execute(compiled, arguments, own, *scratchpads[i]);
            } catch (...) {
                const std::lock_guard<std::mutex> lock(mutex);
                failure = std::current_exception();
            }
        });
        if (failure) std::rethrow_exception(failure);
    }

    template <class Body>
    void parallel(int64_t count, Body body) {
        odn_parallel(threads, count, body);
    }

   private:
    static void execute(
        const Compiled &compiled, std::unordered_map<int, dnnl::memory> arguments,
        dnnl::stream &stream, Scratch &scratchpad);
};

// Numbers of a run in elementwise operations.
const int64_t run_length = 1 << 14;

// body(first, count) for runs of `run` numbers.
template <class Body>
void for_runs(odn_worker *worker, int64_t count, int64_t run, Body body) {
    worker->parallel((count + run - 1) / run, [&](int64_t index, int) {
        body(index * run, std::min(run, count - index * run));
    });
}

// Runs body and turns an exception into a message.
template <class Body>
bool odn_guard(odn_error *error, Body body) {
    try {
        body();
        return true;
    } catch (const std::exception &e) {
        std::snprintf(error->message, sizeof error->message, "%s", e.what());
    } catch (...) {
        std::snprintf(error->message, sizeof error->message, "an unknown C++ exception");
    }
    return false;
}
