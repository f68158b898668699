#include "manifests/read/image_resolve.h"

#include <algorithm>
#include <deque>
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
};

bool is_image_config(std::string_view media_type) noexcept {
  return media_type.empty() || media_type == "application/vnd.oci.image.config.v1+json" ||
         media_type == "application/vnd.docker.container.image.v1+json";
}

class Resolver {
 public:
  Resolver(ImageBlobs& blobs, const ImageLimits& limits, ImageVisitor& visitor)
      : blobs_(blobs), limits_(limits), visitor_(visitor) {
    json_.depth = 64;  // a config has five levels
    json_.nodes = limits.values;
    json_.bytes = limits.json;
  }

  void run() {
    ImageBlob* const manifest = blobs_.at("manifest.json");
    ImageBlob* const index = blobs_.at("index.json");
    if (manifest == nullptr && index == nullptr) return no_image();
    if (manifest != nullptr) read_manifest_json(*manifest);
    if (index != nullptr) walk(*index);
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
    fail(ErrorCode::malformed, "it holds no image: neither manifest.json nor index.json is there");
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
      if (!seen.insert(blob->path).second) continue;
      check_digest(*blob, at.digest);
      const Document* const document = parse(*blob);
      if (document != nullptr) read_manifest_or_index(document->root(), at, *blob, open);
    }
  }

  void read_manifest_or_index(Value root, const Descriptor& at, const ImageBlob& blob,
                              std::deque<Descriptor>& open) {
    if (root["manifests"].is_array()) {
      if (at.depth == limits_.depth) {
        return fail(ErrorCode::too_large, quoted(blob.path) + " is an index more than " +
                                              std::to_string(limits_.depth) + " levels deep");
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

  void finish(Found& found) {
    ArchivedImage& image = found.image;
    std::vector<std::string> diff_ids;
    std::string name = image.names.empty() ? image.digest : image.names.front();
    if (ImageBlob* const config = blob_of(found.config)) {
      check_digest(*config, found.config.digest);
      image.id = config->digest;
      if (name.empty()) name = image.id;
      if (const Document* const document = parse(*config)) {
        image.config = config->json;
        if (image.platform.empty()) image.platform = platform_of(document->root());
        for (const Value id : document->root()["rootfs"]["diff_ids"]) {
          diff_ids.push_back(text_of(id));
        }
      }
    } else {
      fail(ErrorCode::malformed, "the config of " + quoted(name) + " is not in the archive");
    }
    if (found.layers.size() > limits_.layers) {
      fail(ErrorCode::too_large, quoted(name) + " has more than the limit of " +
                                     std::to_string(limits_.layers) + " layers");
      found.layers.resize(limits_.layers);
    }
    for (std::size_t n = 0; n < found.layers.size(); ++n) {
      image.layers.push_back(layer_of(found.layers[n], n, name, diff_ids));
    }
    visitor_.image(image);
  }

  std::shared_ptr<const ImageLayer> layer_of(const Descriptor& what, std::size_t n,
                                             const std::string& image,
                                             const std::vector<std::string>& diff_ids) {
    const std::string title = "layer " + std::to_string(n + 1) + " of " + quoted(image);
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
    const std::string& diff_id = blob->layer->diff_id;
    if (n < diff_ids.size() && !diff_id.empty() && diff_id != diff_ids[n]) {
      fail(ErrorCode::malformed,
           title + " should unpack to " + shown(diff_ids[n]) + " and unpacks to " + diff_id);
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
  bool failed_ = false;
  bool too_many_ = false;
};

}  // namespace

void resolve_images(ImageBlobs& blobs, const ImageLimits& limits, ImageVisitor& visitor) {
  Resolver(blobs, limits, visitor).run();
}

}  // namespace kaudit::read
