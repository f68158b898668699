#include "core/host_path.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "core/host_path_table.h"

namespace kaudit {
namespace {

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr bool is_letter(char c) noexcept { return lower(c) >= 'a' && lower(c) <= 'z'; }
constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

bool same(std::string_view a, std::string_view b, bool fold) noexcept {
  if (!fold) return a == b;
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

// Takes the first part off a path without leading slash.
std::string_view take_part(std::string_view& path) noexcept {
  const std::size_t slash = path.find('/');
  const std::string_view part = path.substr(0, slash);
  path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
  return part;
}

// `path` is `prefix` or below it. Neither ends with a slash.
bool at_or_below(std::string_view path, std::string_view prefix) noexcept {
  return path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/');
}

enum class Relation { none, same, above, below };

// Where `path` stands to `pattern`, both absolute or both relative.
Relation relation(std::string_view path, std::string_view pattern, bool fold) noexcept {
  if (path.starts_with('/') != pattern.starts_with('/')) return Relation::none;
  if (path.starts_with('/')) {
    path.remove_prefix(1);
    pattern.remove_prefix(1);
  }
  while (!path.empty() && !pattern.empty()) {
    const std::string_view part = take_part(path);
    const std::string_view wanted = take_part(pattern);
    if (wanted != "*" && !same(part, wanted, fold)) return Relation::none;
  }
  if (!path.empty()) return Relation::below;
  return pattern.empty() ? Relation::same : Relation::above;
}

// What follows /proc/<process>/root: the host's root seen through one of its processes.
std::optional<std::string_view> through_process(std::string_view path) noexcept {
  if (!path.starts_with("/proc/")) return std::nullopt;
  path.remove_prefix(6);
  const std::string_view process = take_part(path);
  if (process != "self" && process != "thread-self" &&
      (process.empty() || !std::all_of(process.begin(), process.end(), is_digit))) {
    return std::nullopt;
  }
  if (at_or_below(path, "root")) return path.substr(4);
  // The working directory of init is the root.
  if (process == "1" && at_or_below(path, "cwd")) return path.substr(3);
  return std::nullopt;
}

// Names for the same place that a link or a mount of the host makes.
std::string_view without_aliases(std::string_view path) noexcept {
  constexpr std::string_view kBottlerocketRoot = "/.bottlerocket/rootfs";
  for (;;) {
    if (at_or_below(path, "/var/run")) {
      path.remove_prefix(4);
    } else if (const auto rest = through_process(path)) {
      path = rest->empty() ? std::string_view("/") : *rest;
    } else if (at_or_below(path, kBottlerocketRoot)) {
      path.remove_prefix(kBottlerocketRoot.size());
      if (path.empty()) path = "/";
    } else {
      return path;
    }
  }
}

bool is_clean(std::string_view path) noexcept {
  if (path.find('\\') != std::string_view::npos) return false;
  for (std::size_t at = 0; at < path.size(); ++at) {
    const bool starts_part = at == 0 || path[at - 1] == '/';
    if (starts_part && (path[at] == '.' || (at > 0 && path[at] == '/'))) return false;
  }
  return true;
}

// What Go's path.Clean gives, which the kubelet and Docker apply.
std::string rebuilt(std::string_view path) {
  const bool absolute = path.starts_with('/');
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::string_view part = take_part(path);
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (!parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (!absolute) {
      parts.push_back(part);
    }
  }
  std::string out;
  for (const std::string_view part : parts) {
    if (absolute || !out.empty()) out += '/';
    out += part;
  }
  if (out.empty()) out = absolute ? "/" : ".";
  return out;
}

// The rest of a path in a user's home, without leading slash; of the home itself it is empty.
std::optional<std::string_view> below_home(std::string_view path, bool fold) noexcept {
  for (const std::string_view home : {"/root", "~"}) {
    if (at_or_below(path, home)) {
      path.remove_prefix(home.size());
      if (!path.empty()) path.remove_prefix(1);
      return path;
    }
  }
  for (const std::string_view homes : {"/home/", "/Users/", "/var/home/"}) {
    if (same(path.substr(0, homes.size()), homes, fold)) {
      path.remove_prefix(homes.size());
      take_part(path);
      return path;
    }
  }
  return std::nullopt;
}

HostPathGrade runtime_grade(const HostPath& path) noexcept {
  const auto found = [](HostPathKind kind, std::string_view runtime) {
    return HostPathGrade{kind, runtime, Severity::critical, Severity::critical};
  };
  if (!path.pipe().empty()) {
    for (const auto& pipe : detail::runtime_pipes()) {
      if (same(path.pipe(), pipe.name, true)) {
        return found(HostPathKind::runtime_socket, pipe.runtime);
      }
    }
  }
  const std::string_view text = path.text();
  bool above = text == "/var" && !path.windows();  // it has /var/run where that is no link
  for (const auto& socket : detail::runtime_sockets()) {
    const Relation where = relation(text, socket.path, path.windows());
    if (where == Relation::same) return found(HostPathKind::runtime_socket, socket.runtime);
    if (where != Relation::above || path.windows()) continue;
    above = above || !socket.rare || text == socket.path.substr(0, socket.path.rfind('/'));
  }
  const std::string_view name = text.substr(text.rfind('/') + 1);
  for (const auto& known : detail::runtime_socket_names()) {
    if (same(name, known.name, path.windows())) {
      return found(HostPathKind::runtime_socket, known.runtime);
    }
  }
  return above ? found(HostPathKind::runtime_directory, {}) : HostPathGrade{};
}

// The device that `name`, a path below /dev/, is; null for one that is not known.
const detail::DeviceName* find_device(std::string_view name) noexcept {
  const detail::DeviceName* best = nullptr;
  for (const auto& device : detail::device_names()) {
    std::string_view prefix = device.prefix;
    const bool open = prefix.ends_with('*');
    if (open) prefix.remove_suffix(1);
    if (!name.starts_with(prefix)) continue;
    if (!open && name.size() > prefix.size() && is_letter(name[prefix.size()])) continue;
    if (best == nullptr || device.prefix.size() > best->prefix.size()) best = &device;
  }
  return best;
}

const detail::SensitivePath* find_sensitive(const HostPath& path) noexcept {
  const auto in_home = below_home(path.text(), path.windows());
  const detail::SensitivePath* best = nullptr;
  // A pattern below `~` is more telling than any that fits the home as a path.
  const auto weight = [](const detail::SensitivePath& entry) {
    const bool home = entry.path.starts_with('~') && entry.path.size() > 1;
    return entry.path.size() * 2 + (entry.subtree ? 0 : 1) + (home ? 100 : 0);
  };
  for (const auto& entry : detail::sensitive_paths()) {
    Relation where = Relation::none;
    if (!entry.path.starts_with('~')) {
      where = entry.path == "/" ? (path.text() == "/" ? Relation::same : Relation::none)
                                : relation(path.text(), entry.path, path.windows());
    } else if (in_home) {
      where = relation(*in_home, entry.path.substr(std::min<std::size_t>(entry.path.size(), 2)),
                       path.windows());
    }
    if (where != Relation::same && !(where == Relation::below && entry.subtree)) continue;
    if (best == nullptr || weight(entry) > weight(*best)) best = &entry;
  }
  return best;
}

}  // namespace

HostPath::HostPath(std::string_view written) { clean(written); }

HostPath::HostPath(const HostPath& base, std::string_view sub_path) : windows_(base.windows_) {
  std::string joined(base.text_);
  if (!joined.ends_with('/')) joined += '/';
  joined += sub_path;
  clean(joined);
  // The view may still be into `joined`.
  if (owned_.empty()) {
    owned_ = std::string(text_);
    text_ = owned_;
  }
}

void HostPath::clean(std::string_view written) {
  if (written.starts_with("npipe:")) written.remove_prefix(6);  // Docker's form of a pipe
  if (written.size() >= 2 && is_letter(written[0]) && written[1] == ':' &&
      (written.size() == 2 || written[2] == '/' || written[2] == '\\')) {
    windows_ = true;
    written.remove_prefix(2);
    if (written.empty()) written = "/";
  }
  text_ = written;
  if (!is_clean(written)) {
    std::string slashes(written);
    std::replace(slashes.begin(), slashes.end(), '\\', '/');
    // \\.\pipe\NAME, also of a named host: \\host\pipe\NAME.
    const bool network = slashes.starts_with("//");
    owned_ = rebuilt(slashes);
    text_ = owned_;
    if (network) {
      std::string_view rest = std::string_view(slashes).substr(2);
      while (rest.starts_with('/')) rest.remove_prefix(1);
      take_part(rest);
      while (rest.starts_with('/')) rest.remove_prefix(1);
      if (same(take_part(rest), "pipe", true)) pipe_ = text_.substr(text_.rfind('/') + 1);
    }
  } else if (text_.size() > 1 && text_.ends_with('/')) {
    text_.remove_suffix(1);
  }
  text_ = without_aliases(text_);
}

HostPathGrade grade(const HostPath& path) noexcept {
  const std::string_view text = path.text();
  constexpr std::size_t kPathMax = 4096;  // Linux' PATH_MAX: nothing longer can be opened
  if (text.empty() || text.size() > kPathMax) return {};
  if (const HostPathGrade runtime = runtime_grade(path); runtime.kind != HostPathKind::ordinary) {
    return runtime;
  }
  if (const detail::SensitivePath* entry = find_sensitive(path)) {
    if (entry->why.empty()) return {};
    return {HostPathKind::sensitive, entry->why, entry->writable, entry->read_only};
  }
  if (text.starts_with("/dev/")) {
    const detail::DeviceName* device = find_device(text.substr(5));
    if (device == nullptr) {
      return {HostPathKind::device, "one that is not known here", Severity::low, Severity::low};
    }
    if (device->what.empty()) return {};
    return {HostPathKind::device, device->what, device->severity, device->severity};
  }
  return {};
}

std::string sockets_below(const HostPath& directory) {
  constexpr std::size_t kNamed = 3;
  std::string out;
  std::size_t count = 0;
  const std::string_view text = directory.text() == "/var" ? "/run" : directory.text();
  for (const auto& socket : detail::runtime_sockets()) {
    if (relation(text, socket.path, false) != Relation::above) continue;
    if (socket.rare && text != socket.path.substr(0, socket.path.rfind('/'))) continue;
    if (++count > kNamed) continue;
    if (!out.empty()) out += ", ";
    out += socket.runtime;
    out += " (";
    out += socket.path;
    out += ')';
  }
  if (count > kNamed) {
    out += " and " + std::to_string(count - kNamed) + " more";
  } else if (const std::size_t comma = out.rfind(", "); comma != std::string::npos) {
    out.replace(comma, 2, " and ");
  }
  return out;
}

}  // namespace kaudit
