// What the files behind core/secrets.h share. Private to them.
#pragma once

#include <string_view>

#include "core/secrets.h"

namespace kaudit::detail {

constexpr bool is_upper(char c) noexcept { return c >= 'A' && c <= 'Z'; }
constexpr char lower(char c) noexcept { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr bool is_letter(char c) noexcept { return lower(c) >= 'a' && lower(c) <= 'z'; }
constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_alnum(char c) noexcept { return is_letter(c) || is_digit(c); }
constexpr bool is_space(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

// What a value is, given what its name says; `begin` 0 and `size` the whole.
[[nodiscard]] SecretMatch judge_value(NameSays says, std::string_view value) noexcept;

// A password in `user:password@host`, an authority without scheme; size 0: none.
[[nodiscard]] SecretMatch password_in_authority(std::string_view authority) noexcept;

}  // namespace kaudit::detail
