// What an archive holds, by name and by digest, before anybody asks what it is for: the result of
// the one pass. Private to the reader of images.
//
// Ownership: owns all. Thread-safety: one thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "manifests/image.h"
#include "manifests/read/image_stream.h"

namespace kaudit::read {

struct ImageBlob {
  std::string path;
  std::string digest;  // `sha256:…`, as computed; empty: could not be read to its end
  std::shared_ptr<const Source> json;  // kept of what is an object or array
  std::shared_ptr<ImageLayer> layer;   // of what is a tar
  std::vector<Error> problems;         // for whoever needs this blob; without a place
  bool told = false;                   // the problems were reported
};

class ImageBlobs {
 public:
  // `archive` names the sources of JSON texts.
  ImageBlobs(std::string archive, ImageBudget& budget)
      : archive_(std::move(archive)), budget_(budget) {}

  // Reads it to its end. An error is what is wrong with the archive: names that occur twice.
  [[nodiscard]] std::optional<Error> add(std::string path, ByteStream& content);
  // A hard or symbolic link; `target` is a path from the archive's root.
  void add_link(std::string path, std::string target);

  // Null: there is none. Follows links.
  [[nodiscard]] ImageBlob* at(std::string_view path);
  // By what the bytes are, not by their name.
  [[nodiscard]] ImageBlob* of_digest(std::string_view digest);
  [[nodiscard]] bool empty() const noexcept { return blobs_.empty(); }

 private:
  void read_json(std::string_view begin, HashedStream& from, ImageBlob& blob);
  void read_layer_blob(Packing packing, PeekedStream& from, HashedStream& stored, ImageBlob& blob);

  std::string archive_;
  ImageBudget& budget_;
  std::vector<std::unique_ptr<ImageBlob>> blobs_;
  std::map<std::string, ImageBlob*, std::less<>> paths_;
  std::map<std::string, ImageBlob*, std::less<>> digests_;
  std::map<std::string, std::string, std::less<>> links_;
};

}  // namespace kaudit::read
