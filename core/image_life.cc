#include "core/image_life.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>

#include "core/official_image.h"

namespace kaudit {
namespace {

// Refuses a date that the calendar does not have: throwing stops a constant expression.
consteval Day day_of(std::string_view text) {
  if (text.empty()) return kNoDay;
  const std::optional<Day> day = parse_day(text);
  if (!day) throw "the calendar does not have this day";
  return *day;
}

#define KAUDIT_TABLE_DAY(day)
#define KAUDIT_PRODUCT(product, name, source)
#define KAUDIT_IMAGE(product, image)
#define KAUDIT_CYCLE(product, version, end, codename)
#define KAUDIT_RETIRED(image, day, successor, source)

enum class Product : std::uint8_t {
#undef KAUDIT_PRODUCT
#define KAUDIT_PRODUCT(product, name, source) product,
#include "core/image_life.def"
#undef KAUDIT_PRODUCT
#define KAUDIT_PRODUCT(product, name, source)
};

struct ProductRow {
  std::string_view name, source;
};
constexpr ProductRow kProducts[] = {
#undef KAUDIT_PRODUCT
#define KAUDIT_PRODUCT(product, name, source) {name, source},
#include "core/image_life.def"
#undef KAUDIT_PRODUCT
#define KAUDIT_PRODUCT(product, name, source)
};

struct ImageRow {
  std::string_view image;
  Product product;
};
constexpr ImageRow kImages[] = {
#undef KAUDIT_IMAGE
#define KAUDIT_IMAGE(product, image) {image, Product::product},
#include "core/image_life.def"
#undef KAUDIT_IMAGE
#define KAUDIT_IMAGE(product, image)
};

struct Cycle {
  Product product;
  std::string_view version;
  Day end;  // kNoDay: none is announced
  std::string_view codename;
};
constexpr Cycle kCycles[] = {
#undef KAUDIT_CYCLE
#define KAUDIT_CYCLE(product, version, end, codename) \
  {Product::product, version, day_of(end), codename},
#include "core/image_life.def"
#undef KAUDIT_CYCLE
#define KAUDIT_CYCLE(product, version, end, codename)
};

struct RetiredRow {
  std::string_view image;
  Day day;
  std::string_view successor, source;
};
constexpr RetiredRow kRetired[] = {
#undef KAUDIT_RETIRED
#define KAUDIT_RETIRED(image, day, successor, source) {image, day_of(day), successor, source},
#include "core/image_life.def"
#undef KAUDIT_RETIRED
#define KAUDIT_RETIRED(image, day, successor, source)
};

#undef KAUDIT_TABLE_DAY
#define KAUDIT_TABLE_DAY(day) day_of(day)
constexpr Day kTableDay =
#include "core/image_life.def"
    ;

#undef KAUDIT_TABLE_DAY
#undef KAUDIT_PRODUCT
#undef KAUDIT_IMAGE
#undef KAUDIT_CYCLE
#undef KAUDIT_RETIRED

// Distributions whose releases are words of other images' tags: `buster`, `alpine3.12`.
struct Base {
  Product product;
  std::string_view prefix;  // before a version; empty: a codename alone
};
constexpr Base kBases[] = {{Product::debian, ""},
                           {Product::ubuntu, ""},
                           {Product::alpine, "alpine"},
                           {Product::oraclelinux, "oraclelinux"}};

bool is_distribution(Product product) noexcept {
  return product == Product::centos || product == Product::fedora || product == Product::rocky ||
         product == Product::almalinux || product == Product::amazonlinux ||
         std::any_of(std::begin(kBases), std::end(kBases),
                     [&](const Base& base) { return base.product == product; });
}

constexpr std::string_view kLibrary = "library/";

constexpr std::string_view registry_of_row(std::string_view image) {
  return image.starts_with(kLibrary) ? std::string_view() : image.substr(0, image.find('/'));
}

// The registries that rows name, each once; the rest is empty.
constexpr auto kRegistries = [] {
  std::array<std::string_view, 16> registries{};
  std::size_t count = 0;
  const auto add = [&](std::string_view image) {
    const std::string_view registry = registry_of_row(image);
    for (std::size_t n = 0; n < count; ++n) {
      if (registries[n] == registry) return;
    }
    if (!registry.empty()) registries[count++] = registry;
  };
  for (const ImageRow& row : kImages) add(row.image);
  for (const RetiredRow& row : kRetired) add(row.image);
  return registries;
}();

// Whom rows call an image: worked out once for all of them.
struct Called {
  const ImageRef& image;
  std::string_view official = official_name(image);
  std::string_view registry = is_docker_hub(image.registry) ? "docker.io" : image.registry;

  [[nodiscard]] bool is(std::string_view row) const noexcept {
    if (row.starts_with(kLibrary)) {
      return !official.empty() && row.substr(kLibrary.size()) == official;
    }
    return row.size() == registry.size() + 1 + image.repository.size() &&
           row.starts_with(registry) && row[registry.size()] == '/' &&
           row.ends_with(image.repository);
  }
  // False for most: no row can be about it.
  [[nodiscard]] bool may_have_rows() const noexcept {
    return !official.empty() ||
           std::find(kRegistries.begin(), kRegistries.end(), registry) != kRegistries.end();
  }
};

const ImageRow* find_image(const Called& called) noexcept {
  if (!called.may_have_rows()) return nullptr;
  const auto* row = std::find_if(std::begin(kImages), std::end(kImages),
                                 [&](const ImageRow& each) { return called.is(each.image); });
  return row == std::end(kImages) ? nullptr : row;
}

// The digits and points that a word of a tag begins with: `3.9` of `3.9rc1`, `8` of `8u312`.
std::string_view version_of(std::string_view word) noexcept {
  if (word.starts_with('v')) word.remove_prefix(1);
  std::size_t end = std::min(word.find_first_not_of("0123456789."), word.size());
  while (end > 0 && word[end - 1] == '.') --end;
  return word.substr(0, end);
}

// `3.10` of `3.10.4`, and not `3.1`.
bool is_part_of(std::string_view cycle, std::string_view version) noexcept {
  return version.starts_with(cycle) &&
         (version.size() == cycle.size() || version[cycle.size()] == '.');
}

bool is_lower(std::string_view version, std::string_view than) noexcept {
  while (!version.empty() && !than.empty()) {
    const auto take = [](std::string_view& text) {
      std::uint64_t number = 0;
      const std::size_t end = std::min(text.find('.'), text.size());
      const auto read = std::from_chars(text.data(), text.data() + end, number);
      if (read.ec == std::errc::result_out_of_range) number = ~std::uint64_t{0};
      text.remove_prefix(std::min(end + 1, text.size()));
      return number;
    };
    const std::uint64_t a = take(version);
    const std::uint64_t b = take(than);
    if (a != b) return a < b;
  }
  return false;
}

const Cycle* find_codename(Product product, std::string_view word) noexcept {
  for (const Cycle& cycle : kCycles) {
    if (cycle.product == product && !cycle.codename.empty() && cycle.codename == word) {
      return &cycle;
    }
  }
  return nullptr;
}

// What a word of a tag says of a product; no cycle: nothing that is known.
struct Match {
  const Cycle* cycle = nullptr;
  bool older = false;  // than that one, the oldest
};

Match find_version(Product product, std::string_view version) noexcept {
  if (version.empty()) return {};
  const Cycle* best = nullptr;
  const Cycle* first = nullptr;
  for (const Cycle& cycle : kCycles) {
    if (cycle.product != product) continue;
    if (first == nullptr) first = &cycle;
    if (!is_part_of(cycle.version, version)) continue;
    if (best == nullptr || cycle.version.size() > best->version.size()) best = &cycle;
  }
  if (best != nullptr) return {best, false};
  const bool older = first != nullptr && is_lower(version, first->version);
  return {older ? first : nullptr, older};
}

Match find_cycle(Product product, std::string_view word) noexcept {
  if (const Cycle* cycle = find_codename(product, word)) return {cycle, false};
  return find_version(product, version_of(word));
}

// The distribution that a word of another image's tag names.
Match find_base(std::string_view word) noexcept {
  for (const Base& base : kBases) {
    if (base.prefix.empty()) {
      if (const Cycle* cycle = find_codename(base.product, word)) return {cycle, false};
    } else if (word.starts_with(base.prefix)) {
      return find_version(base.product, word.substr(base.prefix.size()));
    }
  }
  return {};
}

// Calls `each(word, match)` for the words of the tag, with what each says.
template <class Each>
void for_each_word(const Called& called, const ImageRow* row, Each each) {
  const bool has_base = row == nullptr ? !called.official.empty() : !is_distribution(row->product);
  bool first = true;
  for (std::string_view tag = called.image.tag; !tag.empty() || first; first = false) {
    const std::size_t end = std::min(tag.find('-'), tag.size());
    const std::string_view word = tag.substr(0, end);
    Match match;
    if (first && row != nullptr) match = find_cycle(row->product, word);
    if (match.cycle == nullptr && has_base) match = find_base(word);
    each(word, match);
    if (end == tag.size()) return;
    tag.remove_prefix(end + 1);
  }
}

bool has_ended(const Match& match, Day today) noexcept {
  return match.cycle != nullptr && match.cycle->end < today;
}

EndedPart part_of(const Match& match, std::string_view word) noexcept {
  const Cycle& cycle = *match.cycle;
  const ProductRow& product = kProducts[static_cast<std::size_t>(cycle.product)];
  if (!match.older) {
    // People call a release of these by its codename.
    const bool named = cycle.product == Product::debian || cycle.product == Product::ubuntu;
    return {product.name, cycle.version, named ? cycle.codename : std::string_view(),
            cycle.end,    false,         product.source};
  }
  const std::size_t digit = std::min(word.find_first_of("0123456789"), word.size());
  return {product.name, version_of(word.substr(digit)), {}, cycle.end, true, product.source};
}

Day or_table_day(Day today) noexcept { return today == kNoDay ? kTableDay : today; }

// Of the versions after the one that has ended the oldest with a year to go; where there is none,
// the one that lasts longest. Null: none is supported.
const Cycle* supported_cycle(const Cycle& ended, Day today) noexcept {
  constexpr Day kYear = 365;
  const Cycle* longest = nullptr;
  for (const Cycle* next = &ended; next != std::end(kCycles); ++next) {
    const Cycle& cycle = *next;
    if (cycle.product != ended.product) break;
    if (cycle.end < today) continue;
    if (cycle.end == kNoDay || cycle.end - today >= kYear) return &cycle;
    if (longest == nullptr || cycle.end > longest->end) longest = &cycle;
  }
  return longest;
}

// The word to write in place of one whose version has ended.
std::string supported_word(const Match& match, std::string_view word, Day today) {
  const Cycle* cycle = supported_cycle(*match.cycle, today);
  if (cycle == nullptr) return "VERSION";
  if (!match.cycle->codename.empty() && word == match.cycle->codename && !cycle->codename.empty()) {
    return std::string(cycle->codename);
  }
  const std::size_t digit = std::min(word.find_first_of("0123456789"), word.size());
  const bool prefix = digit != 0 && digit != word.size() && word != match.cycle->codename;
  std::string out(prefix ? word.substr(0, digit) : "");
  // "Stream 10" is written `stream10`.
  out += cycle->version.find(' ') == std::string_view::npos ? cycle->version : cycle->codename;
  // Only whole versions are tags of these.
  if (cycle->product == Product::elastic) out += ".X.Y";
  return out;
}

// The word to write for a version that is supported, when another part of the tag changes: not
// every patch release is there for every distribution.
std::string kept_word(const Match& match, std::string_view word) {
  const std::size_t at = match.cycle == nullptr ? word.npos : word.find(match.cycle->version);
  if (at == word.npos) return std::string(word);
  return std::string(word.substr(0, at + match.cycle->version.size()));
}

bool is_date(std::string_view word) noexcept {
  return word.size() == 8 && word.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

Day image_table_day() noexcept { return kTableDay; }

ImageLife image_life(const ImageRef& image, Day today) noexcept {
  today = or_table_day(today);
  ImageLife life;
  const Called called{image};
  for_each_word(called, find_image(called), [&](std::string_view word, const Match& match) {
    if (life.count == life.parts.size() || !has_ended(match, today)) return;
    life.parts[life.count++] = part_of(match, word);
  });
  if (!called.may_have_rows()) return life;
  for (const RetiredRow& row : kRetired) {
    if (row.day > today || !called.is(row.image)) continue;
    life.retired = row.day;
    life.successor = row.successor;
    life.source = row.source;
  }
  return life;
}

std::string supported_image(std::string_view written, const ImageRef& image, Day today) {
  today = or_table_day(today);
  const ImageLife life = image_life(image, today);
  if (life.retired != kNoDay) return std::string(life.successor) + ":VERSION";
  const Called called{image};
  std::string tag;
  for_each_word(called, find_image(called), [&](std::string_view word, const Match& match) {
    const bool other_base = !tag.empty() && called.official.empty();
    if (is_date(word) || other_base) return;  // of the tag that there was
    if (!tag.empty()) tag += '-';
    tag += has_ended(match, today) ? supported_word(match, word, today) : kept_word(match, word);
  });
  std::string_view name = written.substr(0, written.find('@'));
  name.remove_suffix(std::min(image.tag.size() + 1, name.size()));
  std::string out = std::string(name) + ':' + tag;
  // Of a tag with a date and little else nothing may be left that is a tag.
  if (!is_valid(out, split_image(out))) out = std::string(name) + ":VERSION";
  return out;
}

}  // namespace kaudit
