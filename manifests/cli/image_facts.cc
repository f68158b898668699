#include "manifests/cli/image_facts.h"

#include <utility>

#include "manifests/cli/surface.h"
#include "manifests/read/image_document.h"

namespace kaudit {
namespace {

class Adapting final : public ImageVisitor {
 public:
  Adapting(BuildAdapter& adapter, FactVisitor& facts) : adapter_(adapter), facts_(facts) {}

  void image(const ArchivedImage& image) override {
    if (image.config == nullptr) return;  // an error was given
    auto document = image_document(image, Limits{});
    if (!document) return error(std::move(document).error());
    adapter_.adapt_image(*document, facts_);
  }
  void error(Error error) override { errors.push_back(std::move(error)); }

  std::vector<Error> errors;

 private:
  BuildAdapter& adapter_;
  FactVisitor& facts_;
};

}  // namespace

bool may_hold_images(const Input& input) noexcept {
  // What was found has a name of text, or that of an archive; or it is a directory.
  return input.how != Input::How::found || is_archive_name(input.path) ||
         !is_candidate_name(input.path);
}

bool holds_images(const InputReader::Opened& opened) noexcept {
  return opened.directory || looks_like_image_archive(opened.begin);
}

std::vector<Error> adapt_images(const Input& input, InputReader::Opened& opened,
                                const ImageLimits& limits, BuildAdapter& adapter,
                                FactVisitor& facts, ReadProgress progress) {
  Adapting images(adapter, facts);
  if (opened.directory) {
    ImageDirectory directory(std::move(opened.fd), std::move(progress));
    read_image_folder(directory, input.path, limits, images);
  } else {
    FdStream bytes(opened.fd.get(), opened.stream ? std::move(opened.begin) : std::string(),
                   std::move(progress));
    read_image_archive(bytes, input.path, limits, images);
  }
  return std::move(images.errors);
}

}  // namespace kaudit
