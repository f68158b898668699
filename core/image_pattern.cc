#include "core/image_pattern.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/glob.h"

namespace kaudit {
namespace {

// The next part of a path; `path` becomes the rest.
std::string_view take_part(std::string_view& path) noexcept {
  const std::size_t slash = path.find('/');
  const std::string_view part = path.substr(0, slash);
  path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  return part;
}

Error wrong(std::string message) { return {ErrorCode::config, std::move(message), {}}; }

// The pattern with something in place of each wildcard that the grammar of references allows there.
std::string example_of(const ImageRef& ref) {
  std::string text(ref.registry);
  if (!text.empty()) text += '/';
  text.append(ref.repository);
  if (!ref.tag.empty()) text.append(":").append(ref.tag);
  std::replace_if(text.begin(), text.end(), [](char c) { return c == '*' || c == '?'; }, 'a');
  if (!ref.digest.empty() && !has_wildcard(ref.digest)) text.append("@").append(ref.digest);
  return text;
}

}  // namespace

Result<ImagePattern> ImagePattern::parse(std::string_view text) {
  ImagePattern out;
  if (text == "**") {
    out.all_ = true;
    return out;
  }
  const ImageRef ref = split_image(text);
  const std::string_view first = ref.registry.empty()
                                     ? ref.repository.substr(0, ref.repository.find('/'))
                                     : std::string_view();
  if (has_wildcard(first)) {
    return wrong(
        "does not say of which registry; write it, as in docker.io/library/*, or ** for every "
        "image");
  }
  std::string_view host = ref.registry;
  if (host.starts_with("*.")) host.remove_prefix(2);
  if (has_wildcard(host)) {
    return wrong("has a wildcard in the registry that others' hosts match; only *. may begin it");
  }
  if (text.ends_with(':') || text.ends_with('@') || !parse_image(example_of(ref)) ||
      (has_wildcard(ref.digest) && ref.digest != "sha256:*")) {
    return wrong("is no reference of an image");
  }
  out.registry_ = pulled_registry(ref);
  if (is_bare(ref)) out.path_.emplace_back("library");
  std::string_view path = ref.repository;
  while (!path.empty()) out.path_.emplace_back(take_part(path));
  if (out.path_.back() == "**") {
    out.deep_ = true;
    out.path_.pop_back();
    // docker.io/** is all of Docker Hub, not only its official images.
    if (is_bare(ref)) out.path_.clear();
  }
  for (const std::string& part : out.path_) {
    if (part.find("**") != std::string::npos)
      return wrong("has a ** that is not its whole last part");
  }
  out.tag_ = ref.tag;
  out.digest_ = ref.digest;
  return out;
}

bool ImagePattern::matches(std::string_view image) const noexcept {
  const auto ref = image.size() <= kLongestName ? parse_image(image) : std::nullopt;
  return ref && matches(*ref);
}

bool ImagePattern::matches(const ImageRef& image) const noexcept {
  if (all_) return true;
  if (!matches_glob(registry_, pulled_registry(image))) return false;
  if (!digest_.empty()) {
    if (!matches_glob(digest_, image.digest)) return false;
  } else if (!tag_.empty()) {
    if (!image.digest.empty()) return false;
    if (!matches_glob(tag_, pulled_tag(image))) return false;
  }
  std::string_view rest = image.repository;
  auto part = path_.begin();
  if (is_bare(image) && part != path_.end()) {
    if (!matches_glob(*part, "library")) return false;
    ++part;
  }
  for (; part != path_.end(); ++part) {
    if (!matches_glob(*part, take_part(rest))) return false;
  }
  return deep_ ? !rest.empty() : rest.empty();
}

}  // namespace kaudit
