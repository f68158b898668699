#include "tests/support/allocations.h"

#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <new>

namespace {
thread_local std::size_t count = 0;
thread_local std::size_t bytes = 0;
thread_local std::ptrdiff_t held = 0, peak = 0;
thread_local std::size_t until_failure = 0;  // 0: none is to come
}  // namespace

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define KAUDIT_COUNTS false
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define KAUDIT_COUNTS false
#endif
#endif
#ifndef KAUDIT_COUNTS
#define KAUDIT_COUNTS true

// The default forms of the others (arrays, nothrow) call these two.
void* operator new(std::size_t size) {
  ++count;
  bytes += size;
  if (until_failure != 0 && --until_failure == 0) throw std::bad_alloc();
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  held += static_cast<std::ptrdiff_t>(malloc_usable_size(memory));
  peak = std::max(peak, held);
  return memory;
}
void operator delete(void* memory) noexcept {
  held -= static_cast<std::ptrdiff_t>(malloc_usable_size(memory));
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }
#endif

namespace kaudit::testing {

bool counts_allocations() noexcept { return KAUDIT_COUNTS; }
std::size_t allocations() noexcept { return count; }
std::size_t allocated_bytes() noexcept { return bytes; }

FailedAllocation::FailedAllocation(std::size_t number) noexcept { until_failure = number; }
FailedAllocation::~FailedAllocation() { until_failure = 0; }
bool FailedAllocation::happened() const noexcept { return until_failure == 0; }

HeapPeak::HeapPeak() noexcept : before_(held) { peak = held; }
std::size_t HeapPeak::bytes() const noexcept { return static_cast<std::size_t>(peak - before_); }

}  // namespace kaudit::testing
