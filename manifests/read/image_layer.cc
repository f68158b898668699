#include "manifests/read/image_layer.h"

#include <algorithm>
#include <array>

#include "core/base_name.h"
#include "core/fnv1a.h"
#include "core/readable_size.h"
#include "core/secret_content.h"
#include "core/secret_file.h"
#include "core/shown.h"
#include "manifests/read/image_accounts.h"
#include "manifests/read/image_tar.h"

namespace kaudit {

std::uint64_t PathSet::hash(std::string_view path) noexcept {
  Fnv1a hash;
  hash.bytes(path);
  return hash.value();
}

void PathSet::seal() {
  std::sort(hashes_.begin(), hashes_.end());
  hashes_.erase(std::unique(hashes_.begin(), hashes_.end()), hashes_.end());
  hashes_.shrink_to_fit();
}

bool PathSet::contains(std::string_view path) const noexcept {
  return std::binary_search(hashes_.begin(), hashes_.end(), hash(path));
}

std::optional<HiddenBy> hidden_by(const ArchivedImage& image, std::size_t layer,
                                  std::string_view path) {
  for (std::size_t later = layer + 1; later < image.layers.size(); ++later) {
    const ImageLayer* const over = image.layers[later].get();
    if (over == nullptr) continue;
    if (over->whiteouts.contains(path)) return HiddenBy{later, true};
    if (over->paths.contains(path)) return HiddenBy{later, false};
    for (std::string_view above = path; !above.empty();) {
      const std::size_t slash = above.rfind('/');
      above = above.substr(0, slash == above.npos ? 0 : slash);
      if (over->whiteouts.contains(above) || over->opaque.contains(above)) {
        return HiddenBy{later, true};
      }
      if (over->paths.contains(above)) return HiddenBy{later, false};
    }
  }
  return std::nullopt;
}

}  // namespace kaudit

namespace kaudit::read {
namespace {

constexpr std::uint32_t kSetIds = 06000;
constexpr std::uint32_t kOthersWrite = 0002;
constexpr std::uint32_t kSticky = 01000;

// Where the programs and the configuration of a system stand.
bool is_of_system(std::string_view path) noexcept {
  constexpr std::array<std::string_view, 11> kTops = {
      "bin", "boot", "etc", "lib", "lib32", "lib64", "libx32", "opt", "root", "sbin", "usr"};
  const std::string_view top = path.substr(0, path.find('/'));
  return std::find(kTops.begin(), kTops.end(), top) != kTops.end();
}

std::string_view directory_of(std::string_view path) noexcept {
  const std::size_t slash = path.rfind('/');
  return path.substr(0, slash == path.npos ? 0 : slash);
}

// Entries of one kind that were not examined: how many, and the first of them.
class LeftOut {
 public:
  void add(std::string_view path) {
    if (count_++ == 0) first_ = quoted(path);
  }
  void tell(const std::string& what, ErrorCode code, std::vector<Error>& problems) const {
    if (count_ == 0) return;
    problems.push_back({code, what + std::to_string(count_) + ", such as " + first_, {}});
  }

 private:
  std::uint64_t count_ = 0;
  std::string first_;
};

class Layer {
 public:
  Layer(TarReader& tar, ImageBudget& budget, ImageLayer& out, std::vector<Error>& problems)
      : tar_(tar), budget_(budget), out_(out), problems_(problems) {}

  void read() {
    for (;;) {
      const Result<const TarEntry*> entry = tar_.next();
      if (!entry) return fail(entry.error());
      if (*entry == nullptr) break;
      ++out_.entries;
      if (std::optional<Error> failed = take(**entry)) return fail(*std::move(failed));
    }
    finish();
  }

 private:
  void fail(Error error) {
    out_.complete = false;
    problems_.push_back(std::move(error));
    finish();
  }

  void finish() {
    out_.paths.seal();
    out_.whiteouts.seal();
    out_.opaque.seal();
    outside_.tell("entries that lead out of the image were left out: ", ErrorCode::malformed,
                  problems_);
    too_long_.tell("entries with a path beyond the limit of " + readable_size(budget_.limits.path) +
                       " were left out: ",
                   ErrorCode::too_large, problems_);
  }

  std::optional<Error> take(const TarEntry& entry) {
    if (entry.path.size() > budget_.limits.path) {
      too_long_.add(entry.path);
      return std::nullopt;
    }
    std::optional<std::string> path = clean_path(entry.path);
    if (!path) {
      outside_.add(entry.path);
      return std::nullopt;
    }
    if (path->empty() || is_whiteout(entry, *path)) return std::nullopt;
    if (entry.type != LayerFileType::directory) out_.paths.add(*path);
    LayerFile file;
    file.path = *std::move(path);
    file.type = entry.type;
    file.mode = entry.mode;
    file.uid = entry.uid;
    file.gid = entry.gid;
    file.size = entry.size;
    return look(file);
  }

  // `.wh.NAME` deletes NAME, `.wh..wh..opq` hides what was in the directory; other names that begin
  // with `.wh..wh.` are AUFS's own (OCI image specification, "Whiteouts").
  bool is_whiteout(const TarEntry& entry, std::string_view path) {
    constexpr std::string_view kMark = ".wh.";
    const std::string_view name = base_name(path);
    if (entry.whiteout_device) {
      out_.whiteouts.add(path);
      return true;
    }
    if (!name.starts_with(kMark)) return false;
    if (name == ".wh..wh..opq") {
      out_.opaque.add(directory_of(path));
    } else if (!name.starts_with(".wh..wh.")) {
      std::string hidden(directory_of(path));
      if (!hidden.empty()) hidden += '/';
      hidden += name.substr(kMark.size());
      out_.whiteouts.add(hidden);
    }
    return true;
  }

  // A repository: told by what git writes into it, for a directory need not have an entry.
  static bool is_repository(LayerFile& file) {
    constexpr std::string_view kHead = ".git/HEAD";
    const bool below = file.path.ends_with("/.git/HEAD") || file.path == kHead;
    if (!below || is_package_example(file.path)) return false;
    file.path.resize(file.path.rfind('/'));
    file.type = LayerFileType::directory;
    file.mode = 0;
    file.size = 0;
    file.named = secret_file_kind(file.path);
    return true;
  }

  std::optional<Error> look(LayerFile& file) {
    if (is_repository(file)) return keep(file);
    const bool regular = file.type == LayerFileType::regular;
    bool asked = regular && (file.mode & kSetIds) != 0;
    if (regular || file.type == LayerFileType::hard_link) {
      const bool secret = (file.size > 0 || !regular) && !is_package_example(file.path);
      if (secret) file.named = secret_file_kind(file.path);
    }
    const bool open_to_all =
        (file.mode & kOthersWrite) != 0 &&
        (regular || (file.type == LayerFileType::directory && (file.mode & kSticky) == 0));
    if (open_to_all && is_of_system(file.path)) asked = ++out_.writable <= kWritableKept || asked;
    if (regular && file.size > 0 && file.size <= budget_.limits.scanned) {
      if (std::optional<Error> failed = search(file)) return failed;
    }
    asked = asked || !file.named.empty() || !file.secrets.empty() || !file.accounts.empty();
    return asked ? keep(file) : std::nullopt;
  }

  std::optional<Error> keep(LayerFile& file) {
    if (++budget_.files > budget_.limits.files) {
      return Error{ErrorCode::too_large,
                   "more than the limit of " + std::to_string(budget_.limits.files) +
                       " files in the layers would have to be reported",
                   {}};
    }
    out_.files.push_back(std::move(file));
    return std::nullopt;
  }

  std::optional<Error> search(LayerFile& file) {
    Result<std::string_view> content = tar_.read();
    if (!content) return content.error();
    if (content->size() < file.size) {
      text_.reserve(file.size);
      text_.assign(*content);
      while (!content->empty() && text_.size() <= budget_.limits.scanned) {
        content = tar_.read();
        if (!content) return content.error();
        text_ += *content;
      }
      content = std::string_view(text_);
    }
    search_content(*content, file);
    return std::nullopt;
  }

  void search_content(std::string_view content, LayerFile& file) {
    file.searched = true;
    found_.clear();
    secrets_in_file(file.path, content, found_);
    if (found_.empty() && content_tells(file.path, content)) file.named = {};
    std::size_t at = 0;
    std::uint32_t line = 1;
    for (const SecretMatch& match : found_) {
      if (!match.real()) continue;
      if (file.secrets.size() == kSecretsKept) break;
      line += static_cast<std::uint32_t>(
          std::count(content.begin() + static_cast<std::ptrdiff_t>(at),
                     content.begin() + static_cast<std::ptrdiff_t>(match.begin), '\n'));
      at = match.begin;
      file.secrets.push_back({match.kind, evidence(match), match.grade, line});
    }
    if (file.path == "etc/passwd") read_passwd(content, file.accounts);
    if (file.path == "etc/shadow") read_shadow(content, file.accounts);
  }

  static constexpr std::uint64_t kWritableKept = 100;
  static constexpr std::size_t kSecretsKept = 20;

  TarReader& tar_;
  ImageBudget& budget_;
  ImageLayer& out_;
  std::vector<Error>& problems_;
  LeftOut outside_;
  LeftOut too_long_;
  std::string text_;
  std::vector<SecretMatch> found_;
};

}  // namespace

void read_layer(ByteStream& tar, ImageBudget& budget, ImageLayer& layer,
                std::vector<Error>& problems) {
  TarReader reader(tar, budget, true);
  Layer(reader, budget, layer, problems).read();
}

}  // namespace kaudit::read
