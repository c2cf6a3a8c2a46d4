#include "Mapping.hpp"

#include "Errors.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

cfaiss::Mapping::Mapping(const char *path) {
    // O_NONBLOCK: a pipe in the file's place is refused rather than waited for.
    const int descriptor = ::open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0) throw system_failure("cannot open");
    struct Closer {
        int descriptor;
        ~Closer() { ::close(descriptor); }
    } closer{descriptor};
    struct stat status;
    if (::fstat(descriptor, &status) != 0) throw system_failure("cannot read");
    if (S_ISDIR(status.st_mode)) throw system_failure("cannot read", EISDIR);
    if (!S_ISREG(status.st_mode)) throw Failure(CFAISS_IO, "cannot read: not a regular file");
    // An empty file cannot be mapped.
    if (status.st_size == 0) return;
    void *mapped = ::mmap(nullptr, size_t(status.st_size), PROT_READ, MAP_SHARED, descriptor, 0);
    if (mapped == MAP_FAILED) throw system_failure("cannot map into memory");
    start = static_cast<const uint8_t *>(mapped);
    length = uint64_t(status.st_size);
}

cfaiss::Mapping::~Mapping() {
    if (start != nullptr) ::munmap(const_cast<uint8_t *>(start), length);
}
