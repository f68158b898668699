#include "manifests/cli/discover.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <system_error>

#include "manifests/cli/files.h"
#include "manifests/cli/ignore.h"
#include "manifests/cli/surface.h"

namespace kaudit {
namespace {

namespace fs = std::filesystem;

// Deeper than any tree that people make; keeps the walk's cost linear in what is there.
constexpr std::size_t kDeepest = 1000;

// The path without links and dots, or nothing where it does not exist.
std::string canonical(const std::string& path) {
  std::error_code error;
  std::string out = fs::canonical(path, error).string();
  return error ? std::string() : out;
}

bool is_stream(const std::string& path) {
  return path == "/dev/stdin" || path.starts_with("/dev/fd/") || path.starts_with("/proc/self/fd/");
}

class Walk {
 public:
  Walk(const DiscoverOptions& options, Inputs& out) : options_(options), out_(out) {
    for (const std::string& path : options.outputs) taken_.insert(canonical(path));
    taken_.erase(std::string());
  }

  // What is asked for under its own name is left out of the directories around it.
  void add(const std::vector<std::string>& paths) {
    std::vector<std::string> sorted(paths);
    std::sort(sorted.begin(), sorted.end());
    std::vector<Root> directories;
    for (const std::string& path : sorted) {
      if (auto root = add_asked(path)) directories.push_back(*std::move(root));
    }
    for (const Root& root : directories) walk(root);
  }

 private:
  struct Root {
    std::uint32_t index;
    std::string shown;  // what its files' paths begin with: "charts/", or nothing for "."
    std::string real;   // canonical, without a slash at the end
  };
  struct Pending {
    std::string below;  // "a/b/", or nothing for the root itself
    std::shared_ptr<const IgnoreLevel> ignored;
  };

  void add_file(std::string path, Input::How how, std::string reason = {}) {
    Input input;
    input.path = std::move(path);
    input.how = how;
    input.reason = std::move(reason);
    out_.files.push_back(std::move(input));
  }

  std::optional<Root> add_asked(const std::string& path) {
    if (path == "-") {
      if (taken_.insert("-").second) {
        add_file(std::string(kStandardInput), Input::How::standard);
      }
      return std::nullopt;
    }
    std::string shown = clean_path(path);
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) {
      add_file(std::move(shown), Input::How::refused, reason_of(errno));
      return std::nullopt;
    }
    std::string real = canonical(path);
    if (!real.empty() && !taken_.insert(real).second) return std::nullopt;  // asked for twice
    if (is_stream(path) && !S_ISDIR(info.st_mode)) {
      add_file(std::move(shown), Input::How::stream);
    } else if (S_ISREG(info.st_mode)) {
      add_file(std::move(shown), Input::How::asked);
    } else if (!S_ISDIR(info.st_mode)) {
      add_file(std::move(shown), Input::How::refused,
               std::string(kind_of(info.st_mode)) + ", not a regular file");
    } else if (const Fd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
               fd.get() >= 0 && holds_images(fd.get())) {
      add_file(std::move(shown), Input::How::asked);
    } else {
      out_.roots.push_back(path);
      const auto index = static_cast<std::uint32_t>(out_.roots.size() - 1);
      if (shown == ".") {
        shown.clear();
      } else if (shown != "/") {
        shown += '/';
      }
      if (real == "/") real.clear();
      return Root{index, std::move(shown), std::move(real)};
    }
    return std::nullopt;
  }

  void walk(const Root& root) {
    const Fd fd(::open(out_.roots[root.index].c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (fd.get() < 0) {
      add_file(name_of(root, ""), Input::How::refused, reason_of(errno));
      return;
    }
    std::vector<Pending> pending;
    pending.push_back({"", options_.respect_gitignore ? ignore_levels_above(root.real) : nullptr});
    while (!pending.empty()) {
      Pending directory = std::move(pending.back());
      pending.pop_back();
      read(root, fd.get(), directory, pending);
    }
  }

  void read(const Root& root, int root_fd, Pending& directory, std::vector<Pending>& pending) {
    Fd fd = open_below(root_fd, directory.below, O_RDONLY | O_DIRECTORY);
    if (fd.get() >= 0 && !directory.below.empty() && holds_images(fd.get())) {
      std::string below = directory.below;
      below.pop_back();
      return found(root, below);
    }
    DIR* stream = fd.get() < 0 ? nullptr : ::fdopendir(fd.get());
    if (stream == nullptr) {
      add_file(name_of(root, directory.below), Input::How::refused, reason_of(errno));
      return;
    }
    (void)fd.release();  // the stream owns it now
    const std::unique_ptr<DIR, int (*)(DIR*)> closer(stream, ::closedir);
    if (options_.respect_gitignore) {
      std::string real = root.real + "/" + directory.below;
      real.pop_back();
      directory.ignored = ignore_level(std::move(directory.ignored), real);
    }
    while (true) {
      errno = 0;
      const dirent* entry = ::readdir(stream);
      if (entry == nullptr) break;
      take(root, directory, ::dirfd(stream), *entry, pending);
    }
    if (errno != 0) {
      add_file(name_of(root, directory.below), Input::How::refused, reason_of(errno));
    }
  }

  static unsigned mode_of(int directory, const dirent& entry) {
    if (entry.d_type != DT_UNKNOWN) return static_cast<unsigned>(DTTOIF(entry.d_type));
    struct stat info{};
    if (::fstatat(directory, entry.d_name, &info, AT_SYMLINK_NOFOLLOW) != 0) return S_IFREG;
    return info.st_mode;
  }

  void take(const Root& root, const Pending& directory, int fd, const dirent& entry,
            std::vector<Pending>& pending) {
    const std::string_view name = entry.d_name;
    if (name == "." || name == "..") return;
    const unsigned mode = mode_of(fd, entry);
    const bool candidate = is_candidate_name(name);
    if (!candidate && !S_ISDIR(mode) && !S_ISLNK(mode)) return;
    std::string below = directory.below + std::string(name);
    if (S_ISDIR(mode) && (name == ".git" || name == "node_modules")) {
      skipped(root, below, "not entered");
      return;
    }
    const std::string real = root.real + "/" + below;
    if (directory.ignored && directory.ignored->ignores(real, S_ISDIR(mode))) {
      if (candidate || S_ISDIR(mode)) skipped(root, below, "left out by .gitignore");
      return;
    }
    if (taken_.contains(real)) return;
    if (S_ISDIR(mode)) {
      enter(root, directory, below, pending);
    } else if (S_ISLNK(mode)) {
      constexpr std::string_view kReason = "symbolic link, not followed";
      skipped(root, below, kReason);
      if (candidate) {
        add_file(root.shown + below, Input::How::set_aside, std::string(kReason));
      }
    } else if (!S_ISREG(mode)) {
      add_file(root.shown + below, Input::How::refused,
               std::string(kind_of(mode)) + ", not a regular file");
    } else {
      found(root, below);
    }
  }

  void found(const Root& root, const std::string& below) {
    Input input;
    input.path = root.shown + below;
    input.how = Input::How::found;
    input.root = root.index;
    input.below = static_cast<std::uint32_t>(root.shown.size());
    out_.files.push_back(std::move(input));
  }

  void enter(const Root& root, const Pending& directory, std::string& below,
             std::vector<Pending>& pending) {
    below += '/';
    if (std::count(below.begin(), below.end(), '/') > static_cast<long>(kDeepest)) {
      add_file(name_of(root, below), Input::How::refused,
               "more than " + std::to_string(kDeepest) + " directories deep");
      return;
    }
    pending.push_back({std::move(below), directory.ignored});
  }

  // The name of a directory below the root: without a slash at the end.
  static std::string name_of(const Root& root, std::string_view below) {
    std::string name = root.shown + std::string(below);
    if (name.size() > 1 && name.ends_with('/')) name.pop_back();
    return name.empty() ? "." : name;
  }

  void skipped(const Root& root, const std::string& below, std::string_view why) {
    out_.skipped.push_back(root.shown + below + ": " + std::string(why));
  }

  const DiscoverOptions& options_;
  Inputs& out_;
  std::set<std::string, std::less<>> taken_;  // canonical: asked for, or written by this run
};

}  // namespace

Inputs discover(const std::vector<std::string>& paths, const DiscoverOptions& options) {
  Inputs out;
  out.as = options.as;
  std::vector<std::string> all(paths);
  for (const std::string& file : options.project) {
    all.push_back(file);
    std::string shown = clean_path(file);
    const auto known = std::find(out.project.begin(), out.project.end(), shown);
    if (known == out.project.end()) out.project.push_back(std::move(shown));
  }
  Walk(options, out).add(all);
  std::sort(out.files.begin(), out.files.end(),
            [](const Input& a, const Input& b) { return a.path < b.path; });
  std::sort(out.skipped.begin(), out.skipped.end());
  return out;
}

std::string nothing_found(const std::vector<std::string>& paths, const Inputs& inputs) {
  std::string text = "nothing to examine in ";
  for (const std::string& path : paths) text += (&path == paths.data() ? "" : ", ") + path;
  if (inputs.files.empty()) {
    text.append(": no ").append(kExaminedNames);
    const std::size_t skipped = inputs.skipped.size();
    if (skipped == 1) text += "; 1 path was left out, --verbose names it";
    if (skipped > 1)
      text += "; " + std::to_string(skipped) + " paths were left out, --verbose names them";
  } else if (inputs.files.size() == 1) {
    text += ": 1 file was found, which holds nothing to read; --verbose says why";
  } else {
    text += ": " + std::to_string(inputs.files.size()) +
            " files were found, none of which holds anything to read; --verbose says why";
  }
  return text;
}

}  // namespace kaudit
