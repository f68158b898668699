// Numbers as JSON carries them to the API server. Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace kaudit::read {

// The nearest double to a decimal number of JSON's or YAML's grammar (no `+` in front); nothing
// beyond the largest double.
[[nodiscard]] std::optional<double> to_double(std::string_view text) noexcept;

// A number without a fraction is an integer however it was written: kubectl sends 1e3 and 0.0 to
// the API server as 1000 and 0. Nothing for a fraction and beyond 64 bits.
[[nodiscard]] std::optional<std::int64_t> as_integer(double value) noexcept;

}  // namespace kaudit::read
