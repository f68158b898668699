// The one pass over an archive or a directory.
#include "core/readable_size.h"
#include "core/shown.h"
#include "manifests/image.h"
#include "manifests/read/image_blobs.h"
#include "manifests/read/image_resolve.h"
#include "manifests/read/image_stream.h"
#include "manifests/read/image_tar.h"

namespace kaudit {
namespace {

using read::ImageBlobs;
using read::ImageBudget;

// Errors with the archive's name.
class Named : public ImageVisitor {
 public:
  Named(const std::string& name, ImageVisitor& visitor) : name_(name), visitor_(visitor) {}
  void image(const ArchivedImage& image) override { visitor_.image(image); }
  void error(Error error) override {
    error.where.source = name_;
    visitor_.error(std::move(error));
  }

 private:
  const std::string& name_;
  ImageVisitor& visitor_;
};

// A link's target as a path from the root: that of a hard link is one already.
std::optional<std::string> target_of(const read::TarEntry& entry, std::string_view path) {
  if (entry.type == LayerFileType::hard_link || entry.link.starts_with('/')) {
    return read::clean_path(entry.link);
  }
  return read::clean_path(std::string(path.substr(0, path.rfind('/') + 1)) +
                          std::string(entry.link));
}

// Whether all of them could be read.
bool read_entries(read::TarReader& tar, const ImageLimits& limits, ImageBlobs& blobs,
                  ImageVisitor& visitor) {
  for (;;) {
    const Result<const read::TarEntry*> next = tar.next();
    if (!next) {
      Error error = next.error();
      error.message = "the archive could not be read to its end: " + error.message;
      visitor.error(std::move(error));
      return false;
    }
    const read::TarEntry* const entry = *next;
    if (entry == nullptr) return true;
    if (entry->path.size() > limits.path) {
      visitor.error({ErrorCode::too_large,
                     "the entry " + quoted(entry->path) + " has a path of more than the limit of " +
                         readable_size(limits.path) + " and was left out",
                     {}});
      continue;
    }
    std::optional<std::string> path = read::clean_path(entry->path);
    if (!path) {
      visitor.error(
          {ErrorCode::malformed,
           "the entry " + quoted(entry->path) + " leads out of the archive and was left out",
           {}});
      continue;
    }
    if (entry->type == LayerFileType::hard_link || entry->type == LayerFileType::symlink) {
      if (std::optional<std::string> target = target_of(*entry, *path)) {
        blobs.add_link(*std::move(path), *std::move(target));
      }
    } else if (entry->type == LayerFileType::regular) {
      if (std::optional<Error> error = blobs.add(*std::move(path), tar)) {
        visitor.error(*std::move(error));
      }
    }
  }
}

}  // namespace

void read_image_archive(ByteStream& bytes, const std::string& name, const ImageLimits& limits,
                        ImageVisitor& visitor) {
  Named named(name, visitor);
  ImageBudget budget(limits);
  ImageBlobs blobs(name, budget);
  read::PeekedStream stored(bytes);
  const Result<std::string_view> begin = stored.peek(read::kPeeked);
  if (!begin) return named.error(begin.error());
  const read::Packing packing = read::packing_of(*begin);
  const std::unique_ptr<ByteStream> inner = read::unpacked(packing, stored, budget);
  if (packing != read::Packing::none && inner == nullptr) {
    return named.error({ErrorCode::unsupported, "an archive packed with bzip2 is not read", {}});
  }
  if (packing == read::Packing::none && !read::is_tar(*begin)) {
    return named.error({ErrorCode::malformed, "it is no image archive", {}});
  }
  read::TarReader tar(inner ? *inner : static_cast<ByteStream&>(stored), budget, false);
  const bool whole = read_entries(tar, limits, blobs, named);
  read::resolve_images(blobs, limits, whole, named);
}

void read_image_folder(ImageFolder& folder, const std::string& name, const ImageLimits& limits,
                       ImageVisitor& visitor) {
  Named named(name, visitor);
  ImageBudget budget(limits);
  ImageBlobs blobs(name, budget);
  bool whole = true;
  for (ImageFolder::File file; folder.next(file); file = {}) {
    if (std::optional<Error> over = budget.enter(false)) {
      named.error(*std::move(over));
      whole = false;
      break;
    }
    std::optional<Error> error = std::move(file.error);
    if (file.content != nullptr) error = blobs.add(file.path, *file.content);
    if (error) named.error(*std::move(error));
  }
  read::resolve_images(blobs, limits, whole, named);
}

}  // namespace kaudit
