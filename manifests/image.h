// Image archives: the files that `docker save`, `podman save`, `skopeo copy` and BuildKit write,
// and OCI layouts, into the images that they hold and into what stands in their layers.
//
// One pass: every entry is looked at once, in the order of the archive, and a layer is reduced at
// once to what rules ask about, so that a stream will do, nothing is unpacked and memory does not
// grow with the image.
//
// Ownership: everything here owns its text; layers are shared between the images that have them.
// Thread-safety: no state between calls; one ImageVisitor per call. Errors: through
// ImageVisitor::error(), each with the archive's name; the rest of the archive is still examined.
// No value of a secret is ever kept.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/document.h"
#include "core/result.h"
#include "core/secrets.h"

namespace kaudit {

struct LayerSecret {
  std::string_view kind;  // a literal with article: "an AWS access key"
  std::string evidence;   // core/secrets.h: all that may be shown; may be empty
  SecretGrade grade = SecretGrade::none;
  std::uint32_t line = 0;  // 1-based; 0: in a file that has no lines
};

// Of etc/passwd and etc/shadow.
struct LayerAccount {
  enum class Issue : std::uint8_t { empty_password, password_hash, second_root };
  Issue issue = Issue::empty_password;
  std::string user;
  std::uint32_t line = 0;
};

enum class LayerFileType : std::uint8_t { regular, hard_link, directory, symlink, device, other };

// A file that a rule asks about: secret by its name or content, setuid or setgid, writable by
// everybody, with accounts; or the directory of a git repository, for all that is in it.
struct LayerFile {
  std::string path;  // `app/.env`: no leading slash, no `.` and `..`
  LayerFileType type = LayerFileType::regular;
  std::uint32_t mode = 0;  // the permission bits: 07777
  std::int64_t uid = 0;
  std::int64_t gid = 0;
  std::uint64_t size = 0;
  bool searched = false;             // its content was: it is not larger than ImageLimits::scanned
  std::string_view named;            // what its name says, a literal: core/secret_file.h; or empty
  std::vector<LayerSecret> secrets;  // by content, in the order of lines
  std::vector<LayerAccount> accounts;
};

// Hashes of paths: enough to know whether a path is among them.
class PathSet {
 public:
  void add(std::string_view path) { hashes_.push_back(hash(path)); }
  void seal();  // after the last add(), before the first contains()
  [[nodiscard]] bool contains(std::string_view path) const noexcept;
  [[nodiscard]] std::size_t size() const noexcept { return hashes_.size(); }

 private:
  [[nodiscard]] static std::uint64_t hash(std::string_view path) noexcept;
  std::vector<std::uint64_t> hashes_;
};

struct ImageLayer {
  std::string digest;          // of the blob as it is stored: `sha256:…`
  std::string diff_id;         // of the tar in it
  std::uint64_t bytes = 0;     // of the blob
  std::uint64_t unpacked = 0;  // of the tar
  std::uint64_t entries = 0;
  bool complete = true;  // else its end could not be read, for which an error was given
  // Files and directories of the system that everybody may write to; `files` has the first of them.
  std::uint64_t writable = 0;
  std::vector<LayerFile> files;  // in the order of the tar
  PathSet paths;                 // all but directories
  PathSet whiteouts;             // paths that this layer deletes
  PathSet opaque;                // directories of which it hides what earlier layers have
};

struct ArchivedImage {
  std::vector<std::string> names;  // `shop/api:1.4`; may be empty
  std::string platform;            // `linux/arm64/v8`; empty: not said
  std::string digest;              // of its manifest; empty: the archive has none (old docker save)
  std::string id;                  // of its config: what `docker images` shows
  std::vector<std::pair<std::string, std::string>> annotations;  // of the manifest
  // The config's JSON; its name is that of the archive. Null: could not be read (an error).
  std::shared_ptr<const Source> config;
  // Base first. Null: not examined, for which an error was given.
  std::vector<std::shared_ptr<const ImageLayer>> layers;
};

// The first later layer of the image that takes a path of layer `layer` out of sight.
struct HiddenBy {
  std::size_t layer = 0;
  bool deleted = false;  // by a whiteout; else something else was written to the path
};
[[nodiscard]] std::optional<HiddenBy> hidden_by(const ArchivedImage& image, std::size_t layer,
                                                std::string_view path);

class ImageVisitor {
 public:
  virtual ~ImageVisitor() = default;
  virtual void image(const ArchivedImage& image) = 0;
  virtual void error(Error error) = 0;
};

// What one archive may cost; what goes beyond is an error, too_large, and says what was not
// examined.
struct ImageLimits {
  // Of all that is unpacked, the archive and its layers: images for machine learning come to 30 GB.
  // A minute or two of gzip.
  std::uint64_t unpacked = std::uint64_t{32} << 30;
  // Of all layers, and of the archive itself: the largest images have 600,000 files; 8 bytes are
  // kept of each.
  std::uint64_t entries = 2'000'000;
  // Of one manifest, index or config: the OCI distribution specification asks registries to take
  // manifests of 4 MiB.
  std::uint64_t json = std::uint64_t{4} << 20;
  std::uint64_t all_json = std::uint64_t{16} << 20;
  std::uint64_t values = 100'000;  // of one JSON text
  std::uint64_t nesting = 64;      // of one JSON text: a config has five levels
  std::uint64_t depth = 8;         // of indexes in indexes: there is one level in practice, or two
  std::uint64_t manifests = 10'000;  // that indexes name, themselves among them
  std::uint64_t images = 1000;       // of one archive
  std::uint64_t layers = 1000;       // of one image: overlayfs, and so Docker, stops at 128
  std::uint64_t files = 20'000;      // kept of all layers: see LayerFile
  std::uint64_t scanned = std::uint64_t{1} << 20;  // bytes of a file that is searched for secrets
  std::uint64_t path = 4096;                       // bytes of a path: Linux's PATH_MAX
  // Memory of a decompressor: what `xz -8` needs; zstd up to level 19 needs 8 MiB.
  std::uint64_t window = std::uint64_t{32} << 20;
};

// Bytes in their order: a file, a pipe.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  // The next bytes, valid until the next call; empty: the end.
  [[nodiscard]] virtual Result<std::string_view> read() = 0;
};

// The files of a directory, in any order.
class ImageFolder {
 public:
  virtual ~ImageFolder() = default;
  // False: there are no more. `path` is relative, with slashes; `content` null: could not be
  // opened, and `error` says why.
  struct File {
    std::string path;
    std::unique_ptr<ByteStream> content;
    std::optional<Error> error;
  };
  virtual bool next(File& file) = 0;
};

// By content: a tar, or a compressed file, which may hold one.
// `begin`: the first bytes of a file, 512 of them or all.
[[nodiscard]] bool looks_like_image_archive(std::string_view begin) noexcept;
// A directory with one of these files may be one.
inline constexpr std::string_view kImageFolderMarks[] = {"oci-layout", "index.json",
                                                         "manifest.json"};

// `name`: the archive as reports name it. An archive without any image is an error.
void read_image_archive(ByteStream& bytes, const std::string& name, const ImageLimits& limits,
                        ImageVisitor& visitor);
// `oci-layout`, or what `skopeo copy … dir:` writes.
void read_image_folder(ImageFolder& folder, const std::string& name, const ImageLimits& limits,
                       ImageVisitor& visitor);

}  // namespace kaudit
