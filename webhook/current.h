// The value in use, exchanged while others use the one before: the policy's Admission.
//
// Thread-safety: set() from one thread, a View for each reading thread. A View costs one atomic
// load while nothing changes (std::atomic<std::shared_ptr> is a lock and two counts), and keeps a
// value alive until its own next get().
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

namespace kaudit {

template <class T>
class Current {
 public:
  explicit Current(std::shared_ptr<const T> value) : value_(std::move(value)) {}

  // Never null.
  void set(std::shared_ptr<const T> value) {
    const std::lock_guard lock(mutex_);
    value_.swap(value);  // the old one is released after the lock
    serial_.fetch_add(1, std::memory_order_release);
  }
  [[nodiscard]] std::shared_ptr<const T> get() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }

  class View {
   public:
    explicit View(const Current& current) : current_(current) {}
    // Valid until the next call.
    const T& get() {
      const std::uint64_t serial = current_.serial_.load(std::memory_order_acquire);
      if (serial != serial_ || value_ == nullptr) {
        value_ = current_.get();
        serial_ = serial;
      }
      return *value_;
    }

   private:
    const Current& current_;
    std::shared_ptr<const T> value_;
    std::uint64_t serial_ = 0;
  };

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> value_;
  std::atomic<std::uint64_t> serial_{0};
};

}  // namespace kaudit
