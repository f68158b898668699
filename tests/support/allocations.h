// Counts what is taken from the heap, for promises that nothing is.
#pragma once

#include <cstddef>

namespace kaudit::testing {

// False under the sanitizers, which keep the heap themselves: nothing is counted.
[[nodiscard]] bool counts_allocations() noexcept;
// Calls of operator new by this thread since it began.
[[nodiscard]] std::size_t allocations() noexcept;
// What these calls asked for, together.
[[nodiscard]] std::size_t allocated_bytes() noexcept;

}  // namespace kaudit::testing
