#include "manifests/read/image_accounts.h"

#include <algorithm>
#include <array>

namespace kaudit::read {
namespace {

constexpr std::size_t kMostAccounts = 100;
constexpr std::size_t kLongestName = 64;

struct Row {
  std::array<std::string_view, 3> fields;  // name, password, uid of passwd(5)
  std::size_t count = 0;
  std::uint32_t line = 0;
};

template <class F>
void each_row(std::string_view text, F&& take) {
  Row row;
  while (!text.empty()) {
    ++row.line;
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    row.count = 0;
    row.fields = {};
    while (row.count < row.fields.size()) {
      const std::size_t colon = line.find(':');
      row.fields[row.count++] = line.substr(0, colon);
      if (colon == line.npos) break;
      line.remove_prefix(colon + 1);
    }
    // `+::::` of NIS names nobody.
    if (row.count < 2 || row.fields[0].empty() || row.fields[0].front() == '+') continue;
    take(row);
  }
}

void add(LayerAccount::Issue issue, const Row& row, std::vector<LayerAccount>& out) {
  if (out.size() >= kMostAccounts) return;
  out.push_back({issue, std::string(row.fields[0].substr(0, kLongestName)), row.line});
}

// crypt(5): `$id$…`, the 13 characters of DES, `_…` of BSDi. `*`, `!` and `x` lock or point
// elsewhere; `!$6$…` is a locked hash, which is still there to be guessed at.
bool is_hash(std::string_view field) noexcept {
  constexpr std::size_t kDes = 13;
  constexpr std::size_t kBsdi = 20;
  while (field.starts_with('!') || field.starts_with('*')) field.remove_prefix(1);
  if (field.starts_with('$')) return field.find('$', 1) != field.npos && field.size() > kDes;
  if (field.starts_with('_')) return field.size() == kBsdi;
  const bool alphabet = std::all_of(field.begin(), field.end(), [](char c) {
    return c == '.' || c == '/' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
           (c >= 'a' && c <= 'z');
  });
  return alphabet && field.size() == kDes;
}

void judge_password(const Row& row, std::vector<LayerAccount>& out) {
  if (row.fields[1].empty()) add(LayerAccount::Issue::empty_password, row, out);
  if (is_hash(row.fields[1])) add(LayerAccount::Issue::password_hash, row, out);
}

}  // namespace

void read_passwd(std::string_view text, std::vector<LayerAccount>& out) {
  bool root = false;
  each_row(text, [&](const Row& row) {
    judge_password(row, out);
    const bool zero =
        !row.fields[2].empty() && row.fields[2].find_first_not_of('0') == row.fields[2].npos;
    if (zero && std::exchange(root, true)) add(LayerAccount::Issue::second_root, row, out);
  });
}

void read_shadow(std::string_view text, std::vector<LayerAccount>& out) {
  each_row(text, [&](const Row& row) { judge_password(row, out); });
}

}  // namespace kaudit::read
