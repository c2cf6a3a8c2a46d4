// How libgomp's threads wait for each other.
//
// They spin for some milliseconds before they sleep. Where other programs want the processors too, each
// of an encoder's many steps then waits for a thread that has been put aside for one that spins: beside
// two busy processes on two processors, an embedding took 300 ms in place of 5. When a process has more
// of these threads than there are processors, libgomp lets them sleep at once. That is the only such
// setting which is not read from the environment before the process begins (libgomp, wait.h, do_spin).
#include "Worker.h"

#include <mutex>
#include <system_error>
#include <thread>

#include <unistd.h>

void odn_share_processors(void) {
    static std::once_flag once;
    std::call_once(once, [] {
        try {
            // A team of threads that have nothing to do. They sleep as long as the process lives.
            std::thread([] {
                GOMP_parallel([](void *) {}, nullptr, unsigned(omp_get_num_procs()) + 1, 0);
                for (;;) ::pause();
            }).detach();
        } catch (const std::system_error &) {
            // Without them waiting threads spin, as they did.
        }
    });
}
