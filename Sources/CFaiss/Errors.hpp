// Errors inside this target, and how they leave it: as codes and messages, never as exceptions.
#pragma once

#include "CFaiss.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string>

namespace cfaiss {

struct Failure : std::runtime_error {
    cfaiss_code code;

    Failure(cfaiss_code code, const std::string &message)
        : std::runtime_error(message), code(code) {}
};

inline Failure system_failure(const char *what, int number = errno) {
    return Failure(CFAISS_IO, std::string(what) + ": " + std::strerror(number));
}

inline Failure malformed(const std::string &message) {
    return Failure(CFAISS_MALFORMED_FILE, message);
}

inline Failure invalid(const std::string &message) {
    return Failure(CFAISS_INVALID_ARGUMENT, message);
}

inline cfaiss_code fail(cfaiss_error *error, cfaiss_code code, const char *message) {
    std::snprintf(error->message, sizeof error->message, "%s", message);
    return code;
}

/// Runs `body` and turns whatever it throws into a code and a message.
template <typename Body>
cfaiss_code guarded(cfaiss_error *error, Body body) noexcept {
    try {
        body();
        return CFAISS_OK;
    } catch (const Failure &failure) {
        return fail(error, failure.code, failure.what());
    } catch (const std::bad_alloc &) {
        return fail(error, CFAISS_OUT_OF_MEMORY, "out of memory");
    } catch (const std::length_error &) {
        return fail(error, CFAISS_OUT_OF_MEMORY, "larger than memory can be");
    } catch (const std::exception &exception) {
        return fail(error, CFAISS_LIBRARY, exception.what());
    } catch (...) {
        return fail(error, CFAISS_LIBRARY, "an unknown exception");
    }
}

} // namespace cfaiss
