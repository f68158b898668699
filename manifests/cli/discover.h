// Which files a run is about: the paths that were asked for, and below directories the *.yaml,
// *.yml and *.json files, the Dockerfiles and the archives that may hold images
// (manifests/cli/surface.h); a directory with an image in it (OCI layout) is one input.
//
// Only regular files are examined. What was asked for may be a link; below a directory no link is
// followed, so nothing outside it is ever read and no loop is met: the target of a link inside the
// directory is examined under its own name. `.git` and `node_modules` are not entered.
// Thread-safety: no shared state; Inputs are values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/facts.h"

namespace kaudit {

inline constexpr std::string_view kStandardInput = "<stdin>";

struct Input {
  enum class How : std::uint8_t {
    asked,      // a path that was asked for: open as it is
    found,      // below a directory: `root` and `below` say where
    standard,   // standard input
    stream,     // a descriptor that the shell opened: <(helm template …)
    refused,    // cannot be examined: `reason`
    set_aside,  // deliberately not examined: `reason`
  };
  std::string path;  // as shown, and what the report is sorted by
  How how = How::asked;
  std::uint32_t root = 0;   // of found: in Inputs::roots
  std::uint32_t below = 0;  // of found: where in `path` the part below the root begins
  std::string reason;       // a sentence's end: "no such file or directory"
};

struct Inputs {
  std::vector<std::string> roots;    // directories that were asked for
  std::vector<Input> files;          // sorted by path bytewise, each file once
  std::vector<std::string> skipped;  // sentences for --verbose, sorted
  std::optional<Surface> as;         // --as: what the asked-for files are
  std::vector<std::string> project;  // files that are one Compose project, in their order
};

struct DiscoverOptions {
  bool respect_gitignore = false;
  std::optional<Surface> as = {};
  std::vector<std::string> outputs;       // files and directories that this run writes: left out
  std::vector<std::string> project = {};  // asked for too
};

[[nodiscard]] Inputs discover(const std::vector<std::string>& paths,
                              const DiscoverOptions& options);

// The sentence for a run that found nothing to examine: inputs without a file, or with files none
// of which held anything.
[[nodiscard]] std::string nothing_found(const std::vector<std::string>& paths,
                                        const Inputs& inputs);

}  // namespace kaudit
