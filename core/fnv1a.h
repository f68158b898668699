// FNV-1a with 64 bits, for what must be the same in every run and on every machine: fingerprints,
// shards. Not for what an enemy must not be able to hit. Source of the constants: the FNV page of
// its authors, http://www.isthe.com/chongo/tech/comp/fnv/.
//
// Thread-safety: values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace kaudit {

class Fnv1a {
 public:
  void bytes(std::string_view text) noexcept {
    for (const char c : text) byte(static_cast<unsigned char>(c));
  }
  // The text and its end, so that "a","bc" differs from "ab","c".
  void add(std::string_view text) noexcept {
    bytes(text);
    byte(0U);
  }
  [[nodiscard]] std::uint64_t value() const noexcept { return hash_; }
  // 16 digits.
  [[nodiscard]] std::string hex() const {
    std::string out(16, '0');
    for (std::size_t n = 0; n < out.size(); ++n) {
      out[n] = "0123456789abcdef"[(hash_ >> (60 - 4 * n)) & 15];
    }
    return out;
  }

 private:
  void byte(unsigned value) noexcept { hash_ = (hash_ ^ value) * 0x100000001b3ULL; }

  std::uint64_t hash_ = 0xcbf29ce484222325ULL;
};

}  // namespace kaudit
