// Weights of layers that are used once, packed by a second thread ahead of their products.
//
// OpenMP's threads wait for each other by spinning, after every operation; where another process has
// one of the processors, that costs a time slice each. This thread takes blocks of the next layer while
// its owner multiplies with the last one, and the owner takes the blocks that are left: neither waits
// for more than a block.
#pragma once
#include <sched.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "HugePages.h"

class PackAhead {
   public:
    // One layer: how many bytes it has packed, in how many blocks, and what packs one of them.
    struct Layer {
        const void *identity;
        size_t size;
        int64_t blocks;
        std::function<void(int64_t block, void *target)> pack;
    };

    // The layers in the order in which their products will be asked for.
    explicit PackAhead(std::vector<Layer> layers) : layers_(std::move(layers)) {
        size_t largest = 0;
        for (const auto &layer : layers_) largest = std::max(largest, layer.size);
        slot_size_ = (largest + 63) / 64 * 64;
        memory_ = std::make_unique<HugePages>(slots * slot_size_);
        begin(0);
        thread_ = std::thread([this] { run(); });
    }

    ~PackAhead() {
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            stops_ = true;
        }
        changed_.notify_one();
        thread_.join();
    }

    // The packed weights of a layer, until the next call; null when it is not the next in order.
    void *packed(const void *identity) {
        if (current_ >= layers_.size() || layers_[current_].identity != identity) return nullptr;
        while (take()) {}
        while (!isDone()) sched_yield();
        void *const result = slot(current_++);
        begin(current_);
        return result;
    }

   private:
    static constexpr size_t slots = 2;

    void *slot(size_t layer) const {
        return static_cast<char *>(memory_->memory()) + layer % slots * slot_size_;
    }

    void begin(size_t layer) {
        if (layer >= layers_.size()) return;
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            layer_ = layer;
            taken_ = done_ = 0;
        }
        changed_.notify_one();
    }

    bool isDone() {
        const std::lock_guard<std::mutex> lock(mutex_);
        return done_ == layers_[layer_].blocks;
    }

    // Packs a block of the layer at hand; false when none is left.
    bool take() {
        std::unique_lock<std::mutex> lock(mutex_);
        const Layer &layer = layers_[layer_];
        if (taken_ == layer.blocks) return false;
        const int64_t block = taken_++;
        void *const target = slot(layer_);
        lock.unlock();
        layer.pack(block, target);
        lock.lock();
        done_++;
        return true;
    }

    void run() {
        std::unique_lock<std::mutex> lock(mutex_);
        while (!stops_) {
            if (taken_ == layers_[layer_].blocks) {
                changed_.wait(lock);
            } else {
                lock.unlock();
                take();
                lock.lock();
            }
        }
    }

    std::vector<Layer> layers_;
    std::unique_ptr<HugePages> memory_;
    size_t slot_size_;
    // The owner's next layer; it alone reads and changes this.
    size_t current_ = 0;

    std::mutex mutex_;
    std::condition_variable changed_;
    // The layer that is packed, and how many of its blocks have been taken and are done.
    size_t layer_ = 0;
    int64_t taken_ = 0, done_ = 0;
    bool stops_ = false;
    std::thread thread_;
};
