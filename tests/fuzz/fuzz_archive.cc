// Any bytes as an image archive. What must hold: no path of a layer leads out of it, no more is
// kept than the limits say, every layer that is missing or incomplete has an error, and the same
// bytes in pieces give the same.
#include "manifests/image.h"
#include "tests/fuzz/check.h"

namespace kaudit::fuzz {
namespace {

class Bytes final : public ByteStream {
 public:
  Bytes(std::string_view text, std::size_t piece) : text_(text), piece_(piece) {}
  Result<std::string_view> read() override {
    const std::string_view next = text_.substr(0, piece_);
    text_.remove_prefix(next.size());
    return next;
  }

 private:
  std::string_view text_;
  std::size_t piece_;
};

const ImageLimits& limits() {
  static const ImageLimits kLimits = [] {
    ImageLimits small;
    small.unpacked = 4U << 20U;
    small.entries = 2000;
    small.json = 1U << 16U;
    small.values = 2000;
    small.images = 20;
    small.layers = 20;
    small.files = 50;
    small.window = 1U << 20U;
    return small;
  }();
  return kLimits;
}

bool is_clean(const std::string& path) {
  return !path.empty() && path.front() != '/' && ('/' + path + '/').find("/../") == path.npos &&
         ('/' + path + '/').find("/./") == path.npos;
}

class Seen final : public ImageVisitor {
 public:
  void image(const ArchivedImage& image) override {
    ++images_;
    text += "image " + image.id;
    require(image.layers.size() <= limits().layers, "no more layers than the limit");
    for (std::size_t n = 0; n < image.layers.size(); ++n) {
      const ImageLayer* const layer = image.layers[n].get();
      if (layer == nullptr || !layer->complete) require(errors_ > 0, "what is missing is an error");
      if (layer == nullptr) continue;
      text += " layer " + layer->digest + layer->diff_id + std::to_string(layer->entries);
      require(layer->files.size() <= limits().files, "no more files than the limit");
      for (const LayerFile& file : layer->files) {
        require(is_clean(file.path), "a path stays in its layer", file.path);
        text += ' ' + file.path + std::to_string(file.secrets.size());
        if (const auto hidden = hidden_by(image, n, file.path)) {
          require(hidden->layer > n && hidden->layer < image.layers.size(), "a later layer hides");
        }
      }
    }
    require(images_ <= limits().images, "no more images than the limit");
  }
  void error(Error error) override {
    ++errors_;
    require(error.where.source == "input", "an error names the archive");
    require(!error.message.empty(), "an error says something");
    text += error.message + '\n';
  }

  std::string text;

 private:
  std::size_t images_ = 0;
  std::size_t errors_ = 0;
};

std::string read_in_pieces(std::string_view input, std::size_t piece) {
  Bytes bytes(input, piece);
  Seen seen;
  read_image_archive(bytes, "input", limits(), seen);
  require(!seen.text.empty(), "an archive holds an image or is an error");
  return seen.text;
}

}  // namespace
}  // namespace kaudit::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kaudit::fuzz;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string whole = read_in_pieces(input, input.size());
  require(read_in_pieces(input, 100) == whole, "pieces make no difference", whole);
  return 0;
}
