#include "manifests/read/image_blobs.h"

#include "core/readable_size.h"
#include "core/shown.h"
#include "manifests/read/image_layer.h"
#include "manifests/read/read.h"

namespace kaudit::read {

std::optional<Error> ImageBlobs::add(std::string path, ByteStream& content) {
  auto blob = std::make_unique<ImageBlob>();
  blob->path = std::move(path);
  HashedStream stored(content);
  PeekedStream bytes(stored);
  const Result<std::string_view> peeked = bytes.peek(kPeeked);
  if (!peeked) {
    blob->problems.push_back(peeked.error());
  } else {
    const std::string_view begin = *peeked;
    const Packing packing = packing_of(begin);
    const std::size_t first = skip_blank(begin, 0);
    if (packing != Packing::none || is_tar(begin)) {
      read_layer_blob(packing, bytes, stored, *blob);
    } else if (first < begin.size() && (begin[first] == '{' || begin[first] == '[')) {
      read_json(begin, stored, *blob);
    }
    if (std::optional<Error> broken = drain(stored)) {
      if (blob->problems.empty()) blob->problems.push_back(*std::move(broken));
    } else {
      blob->digest = stored.digest();
    }
  }
  if (blob->layer) {
    blob->layer->digest = blob->digest;
    blob->layer->bytes = stored.bytes();
    if (blob->layer->diff_id.empty() && blob->layer->unpacked == stored.bytes()) {
      blob->layer->diff_id = blob->digest;
    }
  }
  std::optional<Error> twice;
  ImageBlob*& named = paths_[blob->path];
  if (named != nullptr && named->digest != blob->digest) {
    twice = Error{ErrorCode::malformed,
                  quoted(blob->path) + " is in the archive twice; the last one was taken",
                  {}};
  }
  named = blob.get();
  if (!blob->digest.empty()) digests_.insert_or_assign(blob->digest, blob.get());
  blobs_.push_back(std::move(blob));
  return twice;
}

void ImageBlobs::read_json(std::string_view begin, HashedStream& from, ImageBlob& blob) {
  std::string text(begin);
  const auto over = [&](std::uint64_t limit, std::string_view what) {
    blob.problems.push_back({ErrorCode::too_large,
                             std::string(what) + " more than the limit of " + readable_size(limit),
                             {}});
  };
  for (;;) {
    if (text.size() > budget_.limits.json) return over(budget_.limits.json, "it has");
    const Result<std::string_view> more = from.read();
    if (!more) {
      blob.problems.push_back(more.error());
      return;
    }
    if (more->empty()) break;
    text += *more;
  }
  if (budget_.json + text.size() > budget_.limits.all_json) {
    return over(budget_.limits.all_json, "all manifests and configs of the archive have");
  }
  budget_.json += text.size();
  text.shrink_to_fit();
  blob.json = std::make_shared<const Source>(archive_, std::move(text));
}

void ImageBlobs::read_layer_blob(Packing packing, PeekedStream& from, HashedStream& stored,
                                 ImageBlob& blob) {
  blob.layer = std::make_shared<ImageLayer>();
  if (packing == Packing::none) {
    read_layer(from, budget_, *blob.layer, blob.problems);
    if (!drain(stored)) blob.layer->unpacked = stored.bytes();
    return;
  }
  const std::unique_ptr<ByteStream> inner = unpacked(packing, from, budget_);
  if (inner == nullptr) {
    blob.problems.push_back(
        {ErrorCode::unsupported, "it is packed with bzip2, which no layer is", {}});
    blob.layer.reset();
    return;
  }
  HashedStream tar(*inner);
  read_layer(tar, budget_, *blob.layer, blob.problems);
  // What is packed goes on behind the tar's end, and behind what broke the tar, for its digest.
  const bool over = !blob.problems.empty() && blob.problems.front().code == ErrorCode::too_large;
  std::optional<Error> broken;
  if (!over) broken = drain(tar);
  blob.layer->unpacked = tar.bytes();
  if (!over && !broken) blob.layer->diff_id = tar.digest();
  if (!broken) return;
  // What broke the unpacking broke the tar as well, and says more.
  if (std::exchange(blob.layer->complete, false)) {
    blob.problems.push_back(*std::move(broken));
  } else {
    blob.problems.front() = *std::move(broken);
  }
}

void ImageBlobs::add_link(std::string path, std::string target) {
  links_.insert_or_assign(std::move(path), std::move(target));
}

ImageBlob* ImageBlobs::at(std::string_view path) {
  // Podman writes `ID/layer.tar` as a link to the blob; a link to a link is nobody's habit.
  constexpr int kMostLinks = 8;
  for (int hop = 0; hop < kMostLinks; ++hop) {
    if (const auto found = paths_.find(path); found != paths_.end()) return found->second;
    const auto link = links_.find(path);
    if (link == links_.end()) return nullptr;
    path = link->second;
  }
  return nullptr;
}

ImageBlob* ImageBlobs::of_digest(std::string_view digest) {
  const auto found = digests_.find(digest);
  return found == digests_.end() ? nullptr : found->second;
}

}  // namespace kaudit::read
