#include "manifests/cli/surface.h"

#include <algorithm>
#include <iterator>

#include "core/base_name.h"

namespace kaudit {
namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool ends_with(std::string_view text, std::string_view end) noexcept {
  if (text.size() < end.size()) return false;
  text.remove_prefix(text.size() - end.size());
  return std::equal(text.begin(), text.end(), end.begin(),
                    [](char a, char b) { return lower(a) == b; });
}
bool begins_with(std::string_view text, std::string_view begin) noexcept {
  return text.size() >= begin.size() && ends_with(text.substr(0, begin.size()), begin);
}

bool is_manifest_name(std::string_view name) noexcept {
  return ends_with(name, ".yaml") || ends_with(name, ".yml") || ends_with(name, ".json");
}

// `Dockerfile.prod` is one; `dockerfile.go` is a program about them.
bool is_of_another_kind(std::string_view name) noexcept {
  constexpr std::string_view kEndings[] = {
      ".adoc",  ".c",   ".cc",  ".cpp",   ".cs",   ".css", ".dockerignore", ".erb", ".go",
      ".h",     ".hpp", ".htm", ".html",  ".java", ".js",  ".jsx",          ".kt",  ".lua",
      ".md",    ".mjs", ".php", ".pl",    ".png",  ".py",  ".rb",           ".rs",  ".rst",
      ".scala", ".sh",  ".svg", ".swift", ".toml", ".ts",  ".tsx",          ".vim", ".xml"};
  return is_manifest_name(name) ||
         std::any_of(std::begin(kEndings), std::end(kEndings),
                     [&](std::string_view ending) { return ends_with(name, ending); });
}

}  // namespace

bool is_dockerfile_name(std::string_view name) noexcept {
  name = base_name(name);
  for (const std::string_view stem : {"dockerfile", "containerfile"}) {
    const bool begins = begins_with(name, stem);
    if (begins && name.size() == stem.size()) return true;
    if (begins && name[stem.size()] == '.') {
      return !is_of_another_kind(name);
    }
    if (ends_with(name, stem) && name.size() > stem.size() &&
        name[name.size() - stem.size() - 1] == '.') {
      return true;
    }
  }
  return false;
}

bool is_archive_name(std::string_view name) noexcept {
  constexpr std::string_view kEndings[] = {".tar", ".tar.gz", ".tgz", ".tar.zst", ".tar.xz"};
  return std::any_of(std::begin(kEndings), std::end(kEndings),
                     [&](std::string_view ending) { return ends_with(name, ending); });
}

bool is_candidate_name(std::string_view name) noexcept {
  return is_manifest_name(name) || is_dockerfile_name(name) || is_archive_name(name);
}

Surface surface_of(const Input& input, const Inputs& inputs) noexcept {
  if (input.how != Input::How::found && inputs.as) return *inputs.as;
  return is_dockerfile_name(input.path) ? Surface::dockerfile : Surface::kubernetes;
}

}  // namespace kaudit
