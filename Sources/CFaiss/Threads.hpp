// Work spread over the threads of libgomp, which FAISS and oneDNN use too, so that there is one pool.
#pragma once

#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>

#include <omp.h>

/// What `#pragma omp parallel` becomes: libgomp's interface to compilers.
extern "C" void GOMP_parallel(void (*)(void *), void *, unsigned, unsigned);

namespace cfaiss {

/// Calls `body(thread, item)` once for each item below `items`, on up to `threads` threads, each of
/// which takes the next item when it has done one. `thread` is below `threads`.
///
/// The first exception ends the work and is thrown again here.
template <typename Body>
void spread(int threads, size_t items, Body body) {
    if (threads <= 1 || items <= 1) {
        for (size_t item = 0; item < items; item++) body(0, item);
        return;
    }
    struct Work {
        Body &body;
        size_t items;
        std::atomic<size_t> next{0};
        std::mutex mutex;
        std::exception_ptr failure;
    } work{body, items, {}, {}, {}};
    GOMP_parallel(
        [](void *argument) {
            Work &work = *static_cast<Work *>(argument);
            try {
                const int thread = omp_get_thread_num();
                for (size_t item; (item = work.next++) < work.items;) work.body(thread, item);
            } catch (...) {
                work.next = work.items;
                const std::lock_guard<std::mutex> lock(work.mutex);
                if (!work.failure) work.failure = std::current_exception();
            }
        },
        &work, unsigned(threads), 0);
    if (work.failure) std::rethrow_exception(work.failure);
}

} // namespace cfaiss
