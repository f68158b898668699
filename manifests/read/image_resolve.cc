#include "manifests/read/image_resolve.h"

#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include "core/shown.h"
#include "manifests/load.h"
#include "manifests/read/image_tar.h"

namespace kaudit::read {
namespace {

std::string text_of(Value value) { return std::string(value.as_string().value_or("")); }

// What an index says of a manifest, or a manifest of a layer.
struct Descriptor {
  std::string media_type, digest, platform, name;
  std::string path;  // of a docker manifest, which has no digests
  std::size_t depth = 0;
  bool attestation = false;
};

std::string platform_of(Value platform) {
  std::string text = text_of(platform["os"]);
  for (const std::string_view part : {"architecture", "variant"}) {
    const std::string word = text_of(platform[part]);
    if (!word.empty()) text += '/' + word;
  }
  return text;
}

// BuildKit's attestations and their platform (docs.docker.com/build/metadata/attestations).
bool is_attestation(Value descriptor) {
  return descriptor["annotations"]["vnd.docker.reference.type"].as_string() ==
             "attestation-manifest" ||
         platform_of(descriptor["platform"]) == "unknown/unknown";
}

Descriptor descriptor_of(Value value) {
  const Value annotations = value["annotations"];
  std::string name = text_of(annotations["io.containerd.image.name"]);
  if (name.empty()) name = text_of(annotations["org.opencontainers.image.ref.name"]);
  return {.media_type = text_of(value["mediaType"]),
          .digest = text_of(value["digest"]),
          .platform = platform_of(value["platform"]),
          .name = std::move(name),
          .path = {},
          .depth = 0,
          .attestation = is_attestation(value)};
}

// An image whose layers are still to be looked up.
struct Found {
  ArchivedImage image;
  Descriptor config;
  std::vector<Descriptor> layers;
  std::vector<std::string> diff_ids;  // of the config
  bool has_diff_ids = false;
  bool of_index = false;
  bool merged = false;  // into an earlier one
};

bool is_image_config(std::string_view media_type) noexcept {
  return media_type.empty() || media_type == "application/vnd.oci.image.config.v1+json" ||
         media_type == "application/vnd.docker.container.image.v1+json";
}

class Resolver {
 public:
  Resolver(ImageBlobs& blobs, const ImageLimits& limits, ImageVisitor& visitor)
      : blobs_(blobs), limits_(limits), visitor_(visitor) {
    json_.depth = limits.nesting;
    json_.nodes = limits.values;
    json_.bytes = limits.json;
  }

  void run(bool whole) {
    ImageBlob* const manifest = blobs_.at("manifest.json");
    ImageBlob* const index = blobs_.at("index.json");
    if (manifest == nullptr && index == nullptr) {
      if (whole) no_image();
      return;
    }
    if (manifest != nullptr) read_manifest_json(*manifest);
    if (index != nullptr) walk(*index);
    // Of the platforms that an index names one may have been saved alone: what is not there cannot
    // be examined, and nobody runs it from here.
    if (images_.empty()) {
      for (const Descriptor& missing : missing_) {
        fail(ErrorCode::not_found,
             "the manifest " + shown(missing.digest) + " is not in the archive");
      }
    }
    for (Found& found : images_) find_config(found);
    merge();
    for (Found& found : images_) finish(found);
    if (images_.empty() && !failed_) fail(ErrorCode::unsupported, "it holds no image");
  }

 private:
  void fail(ErrorCode code, std::string message) {
    failed_ = true;
    visitor_.error({code, std::move(message), {}});
  }

  void no_image() {
    if (blobs_.at("repositories") != nullptr) {
      return fail(
          ErrorCode::unsupported,
          "it was saved by a Docker before 1.10, which is not read: it has no manifest.json");
    }
    fail(ErrorCode::unsupported,
         "it holds no image: neither manifest.json nor index.json is there");
  }

  // Null: not there or not readable, which was reported.
  const Document* parse(ImageBlob& blob) {
    tell(blob, quoted(blob.path));
    if (blob.json == nullptr) {
      if (blob.problems.empty()) fail(ErrorCode::malformed, quoted(blob.path) + " is no JSON");
      return nullptr;
    }
    Result<const Document*> document = parser_.parse(blob.json, json_);
    if (document) return *document;
    fail(document.error().code, quoted(blob.path) + ": " + document.error().message);
    return nullptr;
  }

  // The problems of a blob, once.
  void tell(ImageBlob& blob, const std::string& what) {
    if (std::exchange(blob.told, true)) return;
    for (const Error& problem : blob.problems) {
      const bool cut = blob.layer == nullptr || !blob.layer->complete;
      fail(problem.code,
           what + (cut ? " could not be examined to its end: " : ": ") + problem.message);
    }
  }

  void read_manifest_json(ImageBlob& blob) {
    const Document* const document = parse(blob);
    if (document == nullptr) return;
    if (!document->root().is_array()) return walk(blob);  // skopeo's `dir:`
    for (const Value item : document->root()) {
      Found found;
      for (const Value tag : item["RepoTags"]) found.image.names.push_back(text_of(tag));
      found.config.path = text_of(item["Config"]);
      for (const Value layer : item["Layers"]) {
        Descriptor one;
        one.path = text_of(layer);
        found.layers.push_back(std::move(one));
      }
      add(std::move(found));
    }
  }

  void add(Found found) {
    if (images_.size() == limits_.images) {
      if (!std::exchange(too_many_, true)) {
        fail(ErrorCode::too_large, "more than the limit of " + std::to_string(limits_.images) +
                                       " images; the others were not examined");
      }
      return;
    }
    images_.push_back(std::move(found));
  }

  void walk(ImageBlob& root) {
    std::deque<Descriptor> open;
    std::set<std::string, std::less<>> seen;
    Descriptor first;
    first.path = root.path;
    open.push_back(std::move(first));
    while (!open.empty()) {
      const Descriptor at = std::move(open.front());
      open.pop_front();
      ImageBlob* const blob = at.path.empty() ? blob_of(at.digest) : blobs_.at(at.path);
      if (blob == nullptr) {
        missing_.push_back(at);
        continue;
      }
      // A manifest may be there under several names.
      if (!seen.insert(blob->path + '\n' + at.name).second) continue;
      if (++walked_ > limits_.manifests) {
        return fail(ErrorCode::too_large, "its indexes name more than the limit of " +
                                              std::to_string(limits_.manifests) +
                                              " manifests; the others were not examined");
      }
      check_digest(*blob, at.digest);
      const Document* const document = parse(*blob);
      if (document != nullptr) read_manifest_or_index(document->root(), at, *blob, open);
    }
  }

  void read_manifest_or_index(Value root, const Descriptor& at, const ImageBlob& blob,
                              std::deque<Descriptor>& open) {
    if (root["manifests"].is_array()) {
      if (at.depth == limits_.depth) {
        return fail(ErrorCode::too_large, quoted(blob.path) + " is an index below the limit of " +
                                              std::to_string(limits_.depth) +
                                              " levels and was not examined");
      }
      for (const Value item : root["manifests"]) {
        Descriptor next = descriptor_of(item);
        if (next.attestation) continue;
        next.depth = at.depth + 1;
        if (next.name.empty()) next.name = at.name;
        open.push_back(std::move(next));
      }
      return;
    }
    if (!root["layers"].is_array() || !root["config"].is_object()) {
      return fail(ErrorCode::unsupported, quoted(blob.path) + " is no manifest that is known");
    }
    Found found;
    found.config = descriptor_of(root["config"]);
    if (!is_image_config(found.config.media_type)) return;  // a chart, a signature
    found.of_index = true;
    found.image.digest = blob.digest;
    found.image.platform = at.platform;
    if (!at.name.empty()) found.image.names.push_back(at.name);
    for (const Value annotation : root["annotations"]) {
      found.image.annotations.emplace_back(annotation.key(), text_of(annotation));
    }
    for (const Value layer : root["layers"]) found.layers.push_back(descriptor_of(layer));
    add(std::move(found));
  }

  ImageBlob* blob_of(std::string_view digest) {
    const std::size_t colon = digest.find(':');
    if (colon == digest.npos) return nullptr;
    const std::string_view hex = digest.substr(colon + 1);
    std::string path = "blobs/" + std::string(digest.substr(0, colon)) + '/' + std::string(hex);
    if (ImageBlob* const blob = blobs_.at(path)) return blob;
    if (ImageBlob* const blob = blobs_.at(hex)) return blob;
    if (ImageBlob* const blob = blobs_.at(std::string(hex) + ".manifest.json")) return blob;
    return blobs_.of_digest(digest);
  }

  void check_digest(const ImageBlob& blob, const std::string& digest) {
    if (digest.empty() || blob.digest.empty() || digest == blob.digest) return;
    fail(ErrorCode::malformed, quoted(blob.path) + " should have the digest " + shown(digest) +
                                   " and has " + blob.digest);
  }

  ImageBlob* blob_of(const Descriptor& what) {
    if (what.path.empty()) return blob_of(what.digest);
    const std::optional<std::string> path = clean_path(what.path);
    return path ? blobs_.at(*path) : nullptr;
  }

  void find_config(Found& found) {
    ArchivedImage& image = found.image;
    ImageBlob* const config = blob_of(found.config);
    if (config == nullptr) {
      return fail(ErrorCode::not_found,
                  "the config of " + title_of(image) + " is not in the archive");
    }
    check_digest(*config, found.config.digest.empty() ? digest_in(*config) : found.config.digest);
    image.id = config->digest;
    const Document* const document = parse(*config);
    if (document == nullptr) return;
    image.config = config->json;
    if (image.platform.empty()) image.platform = platform_of(document->root());
    const Value ids = document->root()["rootfs"]["diff_ids"];
    found.has_diff_ids = ids.is_array();
    for (const Value id : ids) found.diff_ids.push_back(text_of(id));
  }

  // Of a file that `docker save` names by its digest: `HEX.json`.
  static std::string digest_in(const ImageBlob& blob) {
    constexpr std::size_t kHex = 64;
    constexpr std::string_view kEnd = ".json";
    const std::string_view path = blob.path;
    if (path.size() != kHex + kEnd.size() || !path.ends_with(kEnd)) return {};
    return "sha256:" + std::string(path.substr(0, kHex));
  }

  // Docker writes a manifest.json and an index.json of the same images.
  void merge() {
    std::map<std::string, Found*, std::less<>> by_id;
    for (Found& found : images_) {
      if (found.image.id.empty()) continue;
      Found*& first = by_id[found.image.id];
      if (first == nullptr) {
        first = &found;
        continue;
      }
      ArchivedImage& kept = first->image;
      // A manifest.json says `shop:1`, the index beside it `docker.io/library/shop:1`.
      if (kept.names.empty() || first->of_index == found.of_index) {
        for (std::string& name : found.image.names) {
          if (std::find(kept.names.begin(), kept.names.end(), name) == kept.names.end()) {
            kept.names.push_back(std::move(name));
          }
        }
      }
      if (kept.digest.empty()) kept.digest = found.image.digest;
      if (kept.annotations.empty()) kept.annotations = std::move(found.image.annotations);
      found.merged = true;
    }
    std::erase_if(images_, [](const Found& found) { return found.merged; });
  }

  // What messages call it.
  static std::string title_of(const ArchivedImage& image) {
    const std::string& id = image.digest.empty() ? image.id : image.digest;
    if (image.names.empty() && id.empty()) return "an image without a name";
    std::string title = quoted(image.names.empty() ? id : image.names.front());
    if (!image.platform.empty()) title += " for " + shown(image.platform);
    return title;
  }

  void finish(Found& found) {
    ArchivedImage& image = found.image;
    const std::string title = title_of(image);
    if (found.has_diff_ids && found.diff_ids.size() != found.layers.size()) {
      fail(ErrorCode::malformed,
           "the config of " + title + " speaks of " + std::to_string(found.diff_ids.size()) +
               " layers, its manifest of " + std::to_string(found.layers.size()));
    }
    if (found.layers.size() > limits_.layers) {
      fail(ErrorCode::too_large, title + " has more than the limit of " +
                                     std::to_string(limits_.layers) +
                                     " layers; the others were not examined");
      found.layers.resize(limits_.layers);
    }
    found.diff_ids.resize(found.layers.size());
    for (std::size_t n = 0; n < found.layers.size(); ++n) {
      image.layers.push_back(layer_of(found.layers[n], found.diff_ids[n],
                                      "layer " + std::to_string(n + 1) + " of " + title));
    }
    visitor_.image(image);
  }

  std::shared_ptr<const ImageLayer> layer_of(const Descriptor& what, const std::string& diff_id,
                                             const std::string& title) {
    ImageBlob* const blob = blob_of(what);
    if (blob == nullptr) {
      fail(ErrorCode::not_found, title + " (" + shown(what.path.empty() ? what.digest : what.path) +
                                     ") is not in the archive and was not examined");
      return nullptr;
    }
    check_digest(*blob, what.digest);
    tell(*blob, title);
    if (blob->layer == nullptr) {
      if (blob->problems.empty()) {
        fail(ErrorCode::unsupported, title + " is no tar and was not examined");
      }
      return nullptr;
    }
    const std::string& is = blob->layer->diff_id;
    if (!diff_id.empty() && !is.empty() && diff_id != is) {
      fail(ErrorCode::malformed,
           title + " should unpack to " + shown(diff_id) + " and unpacks to " + is);
    }
    return blob->layer;
  }

  ImageBlobs& blobs_;
  const ImageLimits& limits_;
  ImageVisitor& visitor_;
  Limits json_;
  JsonParser parser_;
  std::vector<Found> images_;
  std::vector<Descriptor> missing_;
  std::uint64_t walked_ = 0;
  bool failed_ = false;
  bool too_many_ = false;
};

}  // namespace

void resolve_images(ImageBlobs& blobs, const ImageLimits& limits, bool whole,
                    ImageVisitor& visitor) {
  Resolver(blobs, limits, visitor).run(whole);
}

}  // namespace kaudit::read
