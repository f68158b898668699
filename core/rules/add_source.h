// What ADD does with a source, told by its text alone. Private to the rules about ADD.
//
// Source: BuildKit's frontend/dockerfile (dispatchCopy) and util/gitutil; ADD unpacks what is a tar
// archive by its content, compressed or not.
#pragma once

#include <algorithm>
#include <string_view>

#include "core/facts.h"

namespace kaudit {

enum class AddSource { local, archive, download, git };

[[nodiscard]] inline bool is_git_url(std::string_view text) noexcept {
  if (text.starts_with("git@") || text.starts_with("git://") || text.starts_with("ssh://")) {
    return true;
  }
  if (!text.starts_with("http://") && !text.starts_with("https://")) return false;
  return text.substr(0, text.find_first_of("#?")).ends_with(".git");
}

// `text` may be unresolved: `https://example.com/$FILE` is a download whatever FILE is.
[[nodiscard]] inline AddSource add_source_of(std::string_view text) noexcept {
  if (is_git_url(text)) return AddSource::git;
  if (text.starts_with("http://") || text.starts_with("https://")) return AddSource::download;
  constexpr std::string_view kArchives[] = {".bz2",  ".gz",  ".lz4", ".lzma", ".tbz",
                                            ".tbz2", ".tgz", ".tlz", ".txz",  ".tzst",
                                            ".xz",   ".zst", ".Z",   ".tar*", ".tpz"};
  const bool archive = text.find(".tar") != std::string_view::npos ||
                       std::any_of(std::begin(kArchives), std::end(kArchives),
                                   [&](std::string_view end) { return text.ends_with(end); });
  return archive ? AddSource::archive : AddSource::local;
}

}  // namespace kaudit
