#include "core/image_ref.h"

#include <algorithm>

namespace kaudit {
namespace {

constexpr std::size_t kLongestName = 255;
constexpr std::size_t kLongestTag = 128;

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_lower(char c) noexcept { return c >= 'a' && c <= 'z'; }
constexpr bool is_upper(char c) noexcept { return c >= 'A' && c <= 'Z'; }
constexpr bool is_alnum(char c) noexcept { return is_digit(c) || is_lower(c) || is_upper(c); }
constexpr bool is_lower_hex(char c) noexcept { return is_digit(c) || (c >= 'a' && c <= 'f'); }

template <class Predicate>
bool all(std::string_view text, Predicate predicate) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), predicate);
}

// Calls `valid` for each part between separators, until it refuses one.
template <class Predicate>
bool each_part(std::string_view text, char separator, Predicate valid) noexcept {
  for (;;) {
    const std::size_t end = text.find(separator);
    if (!valid(text.substr(0, end))) return false;
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 1);
  }
}

bool is_host_label(std::string_view text) noexcept {
  return all(text, [](char c) { return is_alnum(c) || c == '-'; }) && text.front() != '-' &&
         text.back() != '-';
}

bool is_registry(std::string_view text) noexcept {
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return false;
    const bool address = all(text.substr(1, close - 1), [](char c) {
      return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':';
    });
    if (!address) return false;
    if (close + 1 == text.size()) return true;
    if (text[close + 1] != ':') return false;
    port = text.substr(close + 2);
  } else {
    const std::size_t colon = text.find(':');
    if (!each_part(text.substr(0, colon), '.', is_host_label)) return false;
    if (colon == std::string_view::npos) return true;
    port = text.substr(colon + 1);
  }
  return all(port, is_digit);
}

// Lower case letters and digits; between them `.`, `_`, `__` or any number of `-`.
bool is_path_part(std::string_view text) noexcept {
  const auto word = [](char c) { return is_digit(c) || is_lower(c); };
  if (text.empty() || !word(text.front()) || !word(text.back())) return false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (word(text[at])) continue;
    const std::size_t first = at;
    while (!word(text[at + 1])) ++at;
    const std::string_view separator = text.substr(first, at + 1 - first);
    if (separator != "." && separator != "_" && separator != "__" &&
        !all(separator, [](char c) { return c == '-'; })) {
      return false;
    }
  }
  return true;
}

bool is_tag(std::string_view text) noexcept {
  return text.size() <= kLongestTag && text.front() != '.' && text.front() != '-' &&
         all(text, [](char c) { return is_alnum(c) || c == '_' || c == '.' || c == '-'; });
}

// Only the algorithms that the OCI image specification registers are accepted anywhere.
bool is_digest(std::string_view text) noexcept {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view algorithm = text.substr(0, colon);
  const std::string_view hex = text.substr(colon + 1);
  const std::size_t digits = algorithm == "sha256"   ? 64
                             : algorithm == "sha384" ? 96
                             : algorithm == "sha512" ? 128
                                                     : 0;
  return hex.size() == digits && all(hex, is_lower_hex);
}

// The part before the first slash is a registry if it cannot be taken for a path: as Docker tells
// `reg.example/app` and `localhost/app` from `bitnami/app`.
bool names_registry(std::string_view first) noexcept {
  return first.find_first_of(".:") != std::string_view::npos || first == "localhost" ||
         std::any_of(first.begin(), first.end(), is_upper);
}

}  // namespace

std::string_view pulled_registry(const ImageRef& ref) noexcept {
  constexpr std::string_view kHub = "docker.io";
  return ref.registry.empty() || ref.registry == "index.docker.io" ? kHub : ref.registry;
}

bool is_bare(const ImageRef& ref) noexcept {
  return pulled_registry(ref) == "docker.io" && ref.repository.find('/') == std::string_view::npos;
}

std::string pulled_name(const ImageRef& ref) {
  std::string name(pulled_registry(ref));
  name += is_bare(ref) ? "/library/" : "/";
  return name.append(ref.repository);
}

std::string_view pulled_tag(const ImageRef& ref) noexcept {
  return ref.tag.empty() && ref.digest.empty() ? std::string_view("latest") : ref.tag;
}

ImageRef split_image(std::string_view text) noexcept {
  ImageRef ref;
  if (const std::size_t at = text.find('@'); at != std::string_view::npos) {
    ref.digest = text.substr(at + 1);
    text = text.substr(0, at);
  }
  // A colon before the last slash belongs to the registry's port: `reg:443/app` has no tag.
  const std::size_t slash = text.rfind('/');
  const std::size_t path = slash == std::string_view::npos ? 0 : slash + 1;
  if (const std::size_t colon = text.find(':', path); colon != std::string_view::npos) {
    ref.tag = text.substr(colon + 1);
    text = text.substr(0, colon);
  }
  ref.repository = text;
  if (const std::size_t first = text.find('/');
      first != std::string_view::npos && names_registry(text.substr(0, first))) {
    ref.registry = text.substr(0, first);
    ref.repository = text.substr(first + 1);
  }
  return ref;
}

bool is_valid(std::string_view text, const ImageRef& ref) noexcept {
  const std::string_view name =
      text.substr(0, ref.registry.size() + (ref.registry.empty() ? 0 : 1) + ref.repository.size());
  const std::size_t parts = name.size() + (ref.tag.empty() ? 0 : 1 + ref.tag.size()) +
                            (ref.digest.empty() ? 0 : 1 + ref.digest.size());
  if (parts != text.size()) return false;  // a `:` or `@` with nothing behind it
  if ((!ref.digest.empty() && !is_digest(ref.digest)) || (!ref.tag.empty() && !is_tag(ref.tag)) ||
      (!ref.registry.empty() && !is_registry(ref.registry)) || name.size() > kLongestName ||
      !each_part(ref.repository, '/', is_path_part)) {
    return false;
  }
  // Docker refuses what looks like the id of an image.
  return !ref.registry.empty() || name.size() != 64 || !all(name, is_lower_hex);
}

std::optional<ImageRef> parse_image(std::string_view text) noexcept {
  const ImageRef ref = split_image(text);
  return is_valid(text, ref) ? std::optional(ref) : std::nullopt;
}

}  // namespace kaudit
