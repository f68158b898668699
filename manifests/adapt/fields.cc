#include "manifests/adapt/fields.h"

#include <array>
#include <cstddef>

namespace kaudit {
namespace {

struct Row {
  std::string_view text;
  Home home;
};

constexpr Row kRows[] = {
    {"", Home::none},
#define KAUDIT_NAME(enumerator, text, home) {text, Home::home},
#include "manifests/adapt/fields.def"
#undef KAUDIT_NAME
};

constexpr std::size_t lower(char c) noexcept { return static_cast<unsigned char>(c) | 0x20U; }

constexpr bool same_but_case(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

// A few letters tell the names apart; what collides goes to the next free slot.
constexpr std::size_t kSlots = 512;
constexpr std::size_t slot_of(std::string_view text) noexcept {
  const std::size_t size = text.size();
  if (size == 0) return 0;
  return (size * 131 + lower(text[0]) * 7 + lower(text[size / 2]) * 37 +
          lower(text[size - 1]) * 149) %
         kSlots;
}

constexpr auto kTable = [] {
  std::array<std::uint8_t, kSlots> table{};
  for (std::size_t row = 1; row < std::size(kRows); ++row) {
    std::size_t slot = slot_of(kRows[row].text);
    while (table[slot] != 0) slot = (slot + 1) % kSlots;
    table[slot] = static_cast<std::uint8_t>(row);
  }
  return table;
}();

// What stands at a slot or, after a collision, behind it.
Known lookup_from(std::size_t slot, std::string_view member) noexcept {
  for (; kTable[slot] != 0; slot = (slot + 1) % kSlots) {
    const Row& row = kRows[kTable[slot]];
    if (row.text == member) return {static_cast<Name>(kTable[slot]), true};
    if (same_but_case(row.text, member)) return {static_cast<Name>(kTable[slot]), false};
  }
  return {};
}

}  // namespace

Known lookup(std::string_view member) noexcept {
  const std::size_t slot = slot_of(member);
  const std::uint8_t row = kTable[slot];
  if (row == 0) return {};
  if (kRows[row].text == member) return {static_cast<Name>(row), true};  // nearly always
  return lookup_from(slot, member);
}

std::string_view text_of(Name name) noexcept { return kRows[static_cast<std::size_t>(name)].text; }

Home home_of(Name name) noexcept { return kRows[static_cast<std::size_t>(name)].home; }

}  // namespace kaudit
