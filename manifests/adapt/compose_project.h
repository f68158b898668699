// A Compose project put together: its files read, variables replaced, includes and extends done,
// everything in one Document.
//
// Ownership: the Project owns the Document. Thread-safety: one thread.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "manifests/adapt/compose_tree.h"
#include "manifests/compose.h"

namespace kaudit::compose {

// More files or levels than that are no real project: an error.
inline constexpr int kDeepestInclude = 20;
inline constexpr int kDeepestExtends = 50;
inline constexpr std::size_t kMostFiles = 200;

struct Project {
  Tree::Whole whole;
  ComposeForm form = ComposeForm::none;
  std::size_t documents = 0;
  std::vector<Error> errors;
  Variables variables;  // of .env
  // Relative to the project's: of each file, the directory that its paths start from.
  std::unordered_map<const Source*, std::string> directories;

  [[nodiscard]] const Document& document() const noexcept { return whole.document; }
  [[nodiscard]] const std::string& directory_of(NodeId id) const;
};

[[nodiscard]] Project load_project(std::span<const std::shared_ptr<const Source>> files,
                                   ProjectFiles* beside, const Limits& limits);

// `path` seen from `directory`, without `.`, doubled slashes and `..` inside. Absolute ones stay.
[[nodiscard]] std::string join_path(std::string_view directory, std::string_view path);
[[nodiscard]] bool is_absolute(std::string_view path) noexcept;
// Not a file at all: `https://…`, `git@…`, `oci://…`.
[[nodiscard]] bool is_remote(std::string_view path) noexcept;

}  // namespace kaudit::compose
