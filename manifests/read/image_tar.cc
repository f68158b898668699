#include "manifests/read/image_tar.h"

#include <archive.h>
#include <archive_entry.h>

namespace kaudit::read {
namespace {

std::string_view text_of(const char* text) noexcept {
  return text == nullptr ? std::string_view{} : std::string_view(text);
}

LayerFileType type_of(archive_entry* entry) noexcept {
  if (archive_entry_hardlink(entry) != nullptr) return LayerFileType::hard_link;
  switch (archive_entry_filetype(entry)) {
    case AE_IFREG: return LayerFileType::regular;
    case AE_IFDIR: return LayerFileType::directory;
    case AE_IFLNK: return LayerFileType::symlink;
    case AE_IFCHR:
    case AE_IFBLK: return LayerFileType::device;
    default: return LayerFileType::other;
  }
}

}  // namespace

struct TarReader::Impl {
  Impl(ByteStream& stream, ImageBudget& used, bool is_layer)
      : from(stream), budget(used), layer(is_layer) {
    archive_read_support_format_tar(reader);
  }
  ~Impl() { archive_read_free(reader); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  static la_ssize_t more(archive* reader, void* self, const void** bytes) {
    Impl& impl = *static_cast<Impl*>(self);
    Result<std::string_view> part = impl.from.read();
    if (!part) {
      impl.of_stream = part.error();
      constexpr int kNoErrno = -1;
      archive_set_error(reader, kNoErrno, "the stream");
      return ARCHIVE_FATAL;
    }
    *bytes = part->data();
    return static_cast<la_ssize_t>(part->size());
  }

  [[nodiscard]] Error error() const {
    if (of_stream) return *of_stream;
    // libarchive's own sentences may quote what is in the archive.
    const std::string_view why = text_of(archive_error_string(reader));
    const bool truncated = why.find("runcated") != why.npos;
    return {ErrorCode::malformed, truncated ? "the tar is truncated" : "the tar is corrupt", {}};
  }

  ByteStream& from;
  ImageBudget& budget;
  bool layer;
  archive* reader = archive_read_new();
  bool opened = false;
  TarEntry entry;
  std::optional<Error> of_stream;
};

TarReader::TarReader(ByteStream& from, ImageBudget& budget, bool layer)
    : impl_(std::make_unique<Impl>(from, budget, layer)) {}
TarReader::~TarReader() = default;

Result<const TarEntry*> TarReader::next() {
  Impl& self = *impl_;
  if (!self.opened) {
    self.opened = true;
    if (archive_read_open(self.reader, &self, nullptr, &Impl::more, nullptr) != ARCHIVE_OK) {
      return self.error();
    }
  }
  archive_entry* entry = nullptr;
  const int code = archive_read_next_header(self.reader, &entry);
  if (code == ARCHIVE_EOF) return nullptr;
  // A warning: of a name, say, whose characters could not be converted; its bytes are there.
  if (code != ARCHIVE_OK && code != ARCHIVE_WARN) return self.error();
  if (std::optional<Error> over = self.budget.enter(self.layer)) return *std::move(over);
  TarEntry& out = self.entry;
  out.path = text_of(archive_entry_pathname(entry));
  out.type = type_of(entry);
  out.link = text_of(out.type == LayerFileType::hard_link ? archive_entry_hardlink(entry)
                                                          : archive_entry_symlink(entry));
  out.mode = archive_entry_perm(entry);
  out.uid = archive_entry_uid(entry);
  out.gid = archive_entry_gid(entry);
  out.size = static_cast<std::uint64_t>(archive_entry_size(entry));
  out.whiteout_device = archive_entry_filetype(entry) == AE_IFCHR &&
                        archive_entry_rdevmajor(entry) == 0 && archive_entry_rdevminor(entry) == 0;
  return &out;
}

Result<std::string_view> TarReader::read() {
  Impl& self = *impl_;
  for (;;) {
    const void* bytes = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;  // holes of a sparse file are left out
    const int code = archive_read_data_block(self.reader, &bytes, &size, &offset);
    if (code == ARCHIVE_EOF) return std::string_view{};
    if (code != ARCHIVE_OK && code != ARCHIVE_WARN) return self.error();
    if (size > 0) return std::string_view(static_cast<const char*>(bytes), size);
  }
}

std::optional<std::string> clean_path(std::string_view path) {
  std::string out;
  out.reserve(path.size());
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      if (out.empty()) return std::nullopt;
      const std::size_t last = out.rfind('/');
      out.resize(last == out.npos ? 0 : last);
      continue;
    }
    if (!out.empty()) out += '/';
    out += part;
  }
  return out;
}

}  // namespace kaudit::read
