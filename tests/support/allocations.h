// Counts what is taken from the heap, for promises that nothing is; and refuses it, for promises
// that this is survived.
#pragma once

#include <cstddef>

namespace kaudit::testing {

// False under the sanitizers, which keep the heap themselves: nothing is counted.
[[nodiscard]] bool counts_allocations() noexcept;
// Calls of operator new by this thread since it began.
[[nodiscard]] std::size_t allocations() noexcept;
// What these calls asked for, together.
[[nodiscard]] std::size_t allocated_bytes() noexcept;

// The most that this thread held at a time since the beginning of the object's life, beyond what it
// held then. One at a time.
class HeapPeak {
 public:
  HeapPeak() noexcept;
  [[nodiscard]] std::size_t bytes() const noexcept;

 private:
  std::ptrdiff_t before_;
};

// During the object's life one call of operator new by this thread fails, the `number`th from now
// on (1 is the next). One at a time.
class FailedAllocation {
 public:
  explicit FailedAllocation(std::size_t number) noexcept;
  ~FailedAllocation();
  FailedAllocation(const FailedAllocation&) = delete;
  FailedAllocation& operator=(const FailedAllocation&) = delete;
  // So many calls there were.
  [[nodiscard]] bool happened() const noexcept;
};

}  // namespace kaudit::testing
