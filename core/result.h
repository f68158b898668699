// Errors as values: what failed, in a sentence, and where.
//
// Ownership: everything here owns its text. Thread-safety: values, no shared state.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

namespace kaudit {

// A place in a text. Both numbers are 1-based; columns count Unicode code points, as editors and
// SARIF's `unicodeCodePoints` do. Zero means that the source has no lines (an image archive).
struct Mark {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  friend bool operator==(const Mark&, const Mark&) = default;
};

// Where something stands: a half-open range in a file, and its RFC 6901 pointer in the document.
struct Location {
  std::string source;
  std::string pointer;
  Mark begin;
  Mark end;
};

enum class ErrorCode : std::uint8_t {
  malformed,    // the text breaks its format's grammar
  unsupported,  // well formed, and of a kind that is not examined (a Helm template)
  too_large,    // over one of our limits
  not_found,    // the path does not exist
  io,           // the operating system refused
  config,       // our own configuration is wrong
};

struct Error {
  ErrorCode code = ErrorCode::malformed;
  std::string message;  // one sentence without place or trailing period
  Location where;
};

// "file:line:column: message", with as much of the place as is known.
[[nodiscard]] inline std::string to_string(const Error& error) {
  std::string text;
  if (!error.where.source.empty()) {
    text += error.where.source;
    if (error.where.begin.line != 0) {
      text += ':' + std::to_string(error.where.begin.line) + ':' +
              std::to_string(error.where.begin.column);
    }
    text += ": ";
  }
  return text + error.message;
}

// The members of std::expected<T, Error> that are used here: g++ 12 has <expected> only in C++23.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: as expected
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: as expected

  [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }
  [[nodiscard]] T& value() & { return std::get<0>(state_); }
  [[nodiscard]] const T& value() const& { return std::get<0>(state_); }
  [[nodiscard]] T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  [[nodiscard]] const Error& error() const& { return std::get<1>(state_); }
  [[nodiscard]] Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

}  // namespace kaudit
