#include "manifests/read/context_list.h"

#include <algorithm>
#include <array>

#include "core/secret_file.h"

namespace kaudit {
namespace {

// What a context often comes to hold, and paths that a pattern for it must exclude.
struct Probe {
  std::string_view pattern;
  std::array<std::string_view, 3> paths;
};
constexpr std::array<Probe, 4> kProbes = {{
    {".env*", {".env", ".env.local", ".env.production"}},
    {".git", {".git", ".git/config", ".git/HEAD"}},
    {"*.pem", {"server.pem", "tls.pem", "key.pem"}},
    {"*.key", {"server.key", "tls.key", "private.key"}},
}};

}  // namespace

void ContextList::find_open() {
  for (const Probe& probe : kProbes) {
    const bool excluded =
        std::all_of(probe.paths.begin(), probe.paths.end(),
                    [&](std::string_view path) { return ignore_.excludes(path); });
    if (!excluded) open_.push_back(probe.pattern);
  }
}

bool ContextList::add(std::string_view path, bool directory) {
  const bool excluded = ignore_.excludes(path, steps_);
  const bool secret = !secret_file_kind(path).empty();
  if (secret && !excluded) secrets_.emplace_back(path);
  // One line for a directory whose name says it all.
  if (directory && secret && !excluded) return false;
  return directory && (!excluded || ignore_.takes_back());
}

BuildContext ContextList::facts() {
  std::sort(secrets_.begin(), secrets_.end());
  views_.assign(secrets_.begin(), secrets_.end());
  return {.ignore_file = ignore_file_,
          .complete = complete_ && ignore_.problems().empty(),
          .secrets = views_,
          .open = open_};
}

}  // namespace kaudit
