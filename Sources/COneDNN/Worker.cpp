#include "Worker.h"

#include <cstring>
#include <stdexcept>

dnnl::engine &odn_engine() {
    static dnnl::engine engine = [] {
        // Otherwise oneDNN looks for a profiler's library all over the system before it compiles.
        dnnl_set_jit_profiling_flags(DNNL_JIT_PROFILE_NONE);
        return dnnl::engine(dnnl::engine::kind::cpu, 0);
    }();
    return engine;
}

odn_worker::odn_worker(int threads, const kernels::Table *kernels)
    : threads(threads < 1 ? 1 : threads), stream(odn_engine()), kernels(kernels) {}

void odn_worker::run(const Compiled &compiled, std::unordered_map<int, dnnl::memory> arguments) {
    omp_set_num_threads(threads);
    execute(compiled, std::move(arguments), stream, scratchpad);
}

void odn_worker::execute(
    const Compiled &compiled, std::unordered_map<int, dnnl::memory> arguments, dnnl::stream &stream,
    Scratch &scratchpad) {
    arguments.emplace(
        DNNL_ARG_SCRATCHPAD,
        dnnl::memory(
            compiled.scratchpad, odn_engine(),
            scratchpad.bytes(compiled.scratchpad.get_size() + 1)));
    compiled.primitive.execute(stream, arguments);
    stream.wait();
}

static const kernels::Table *find(const char *instructions) {
    const kernels::Table *const *tables = kernels::available();
    if (!instructions) return *tables;
    for (; *tables; tables++)
        if (std::strcmp((*tables)->name, instructions) == 0) return *tables;
    throw std::invalid_argument("this processor lacks these instructions");
}

extern "C" {

odn_worker *odn_worker_create(int32_t threads, const char *instructions, odn_error *error) {
    odn_worker *worker = nullptr;
    odn_guard(error, [&] { worker = new odn_worker(threads, find(instructions)); });
    return worker;
}

void odn_worker_destroy(odn_worker *worker) { delete worker; }

const char *odn_version(void) {
    static char text[32];
    static const char *once = [] {
        const dnnl_version_t *v = dnnl_version();
        std::snprintf(text, sizeof text, "%d.%d.%d", v->major, v->minor, v->patch);
        return text;
    }();
    return once;
}

const char *odn_instructions(int32_t index) {
    const kernels::Table *const *tables = kernels::available();
    for (; *tables; tables++, index--)
        if (index == 0) return (*tables)->name;
    return nullptr;
}

int32_t odn_processors(void) { return omp_get_num_procs(); }

bool odn_has_bf16(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512bf16");
#else
    return false;
#endif
}
}
