#include "manifests/cli/context.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "manifests/cli/files.h"

namespace kaudit {
namespace {

constexpr std::size_t kMostEntries = 50'000;
constexpr std::size_t kDeepest = 32;
constexpr std::size_t kMostSteps = std::size_t{200} << 20;  // of matching
constexpr std::size_t kLargestIgnoreFile = std::size_t{1} << 20;
constexpr std::size_t kHighestContext = 8;  // directories above the Dockerfile's

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// The sources that a Dockerfile takes from its context, as far as they are plain paths.
std::vector<std::string> sources_of(const Document& document) {
  constexpr std::size_t kMostSources = 200;
  std::vector<std::string> sources;
  for (const Value stage : document.root()) {
    for (Value each : stage) {
      if (each["trigger"].present()) each = each["trigger"];
      const std::string_view op = each["op"].text();
      if (op != "COPY" && op != "ADD") continue;
      bool elsewhere = false;
      for (const Value flag : each["flags"]) elsewhere |= flag["name"].text() == "from";
      const Value words = each["words"];
      std::size_t left = words.size();
      for (const Value word : words) {
        if (--left == 0 || elsewhere || sources.size() == kMostSources) break;
        if (word.text().find_first_of("$*?[\\\"'") != std::string_view::npos ||
            word.text().find("://") != std::string_view::npos) {
          continue;
        }
        sources.push_back(clean_slash_path("/" + std::string(word.text())).substr(1));
      }
    }
  }
  return sources;
}

bool holds_all(const std::string& directory, const std::vector<std::string>& sources) {
  for (const std::string& source : sources) {
    struct stat info{};
    if (::lstat((directory + '/' + source).c_str(), &info) != 0) return false;
  }
  return true;
}

}  // namespace

std::unique_ptr<ContextReader::Entry> ContextReader::walk(const std::string& root,
                                                          const std::string& dockerfile) const {
  const Fd fd(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0) return nullptr;
  auto entry = std::make_unique<Entry>();
  for (const std::string& name : {dockerfile + ".dockerignore", std::string(".dockerignore")}) {
    const Fd file = open_below(fd.get(), name, O_RDONLY | O_NOCTTY);
    if (file.get() < 0) continue;
    if (const auto text = read_regular(file.get(), kLargestIgnoreFile)) {
      entry->list = ContextList(name, *text);
      break;
    }
  }
  std::size_t entries = 0;
  std::vector<std::string> pending = {""};
  while (!pending.empty()) {
    const std::string below = std::move(pending.back());
    pending.pop_back();
    Fd directory = open_below(fd.get(), below, O_RDONLY | O_DIRECTORY);
    DIR* stream = directory.get() < 0 ? nullptr : ::fdopendir(directory.get());
    if (stream == nullptr) {
      entry->list.set_incomplete();
      continue;
    }
    (void)directory.release();  // the stream owns it now
    const std::unique_ptr<DIR, int (*)(DIR*)> closer(stream, ::closedir);
    while (const dirent* each = ::readdir(stream)) {
      const std::string_view name = each->d_name;
      if (name == "." || name == "..") continue;
      struct stat info{};
      if (::fstatat(::dirfd(stream), each->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0) continue;
      const bool is_directory = S_ISDIR(info.st_mode);
      if (!is_directory && !S_ISREG(info.st_mode)) continue;
      if (++entries > kMostEntries || entry->list.steps() > kMostSteps) {
        entry->list.set_incomplete();
        pending.clear();
        break;
      }
      std::string path = below + std::string(name);
      // Packages of others hold keys for their tests.
      if (!entry->list.add(path, is_directory) || name == "node_modules") continue;
      path += '/';
      if (static_cast<std::size_t>(std::count(path.begin(), path.end(), '/')) > kDeepest) {
        entry->list.set_incomplete();
      } else {
        pending.push_back(std::move(path));
      }
    }
  }
  entry->facts = entry->list.facts();
  return entry;
}

const BuildContext* ContextReader::read(const Input& input, const Document& document) {
  const bool found = input.how == Input::How::found;
  if (!found && input.how != Input::How::asked) return nullptr;
  const std::vector<std::string> sources = sources_of(document);
  if (sources.empty()) return nullptr;
  // As it is opened: below what was asked for, or as it was asked for.
  std::string dockerfile = input.path;
  std::size_t levels = 0;
  if (found) {
    const std::string below = input.path.substr(input.below);
    dockerfile = inputs_.roots[input.root] + '/' + below;
    levels = static_cast<std::size_t>(std::count(below.begin(), below.end(), '/'));
  }
  const std::string own = directory_of(dockerfile);
  std::string root = own;
  for (std::size_t n = 0; n < std::min(levels, kHighestContext); ++n) {
    if (holds_all(root, sources)) break;
    root = directory_of(root);
  }
  if (!holds_all(root, sources)) root = own;
  // `<Dockerfile>.dockerignore` lies beside the Dockerfile.
  const std::string prefix = root == "/" ? root : root + '/';
  const std::string name =
      dockerfile.starts_with(prefix) ? dockerfile.substr(prefix.size()) : dockerfile;
  return read(root, name);
}

const BuildContext* ContextReader::read(const std::string& root, const std::string& dockerfile) {
  auto& entry = known_[{root, dockerfile}];
  if (entry == nullptr) entry = walk(root, dockerfile);
  return entry == nullptr ? nullptr : &entry->facts;
}

}  // namespace kaudit
