// Memory for packed weights in pages of 2 MB, where the kernel has them: in small ones a model's
// 43 MB take 10,000 page faults, each of which lasts as long as copying 30 KB.
#pragma once
#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <new>

class HugePages {
   public:
    // Zeroed memory on a cache line, given back with the last allocation of its region.
    static std::shared_ptr<void> allocate(size_t size) {
        static std::mutex mutex;
        static std::shared_ptr<HugePages> current;
        const std::lock_guard<std::mutex> lock(mutex);
        size = (size + 63) / 64 * 64;
        if (!current || current->size_ - current->used_ < size) {
            current = std::make_shared<HugePages>(std::max(size, least));
        }
        void *const memory = current->base_ + current->used_;
        current->used_ += size;
        return {current, memory};
    }

    void *memory() const { return base_; }
    size_t size() const { return size_; }

    explicit HugePages(size_t size) : size_((size + page - 1) / page * page) {
        mapped_ = size_ + page;
        memory_ = mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory_ == MAP_FAILED) throw std::bad_alloc();
        const auto address = (reinterpret_cast<uintptr_t>(memory_) + page - 1) / page * page;
        base_ = reinterpret_cast<char *>(address);
        // Small pages do as well where this is refused.
        madvise(base_, size_, MADV_HUGEPAGE);
    }
    HugePages(const HugePages &) = delete;
    ~HugePages() { munmap(memory_, mapped_); }

   private:
    static constexpr size_t page = size_t(2) << 20, least = size_t(16) << 20;

    void *memory_;
    char *base_;
    size_t size_, mapped_, used_ = 0;
};
