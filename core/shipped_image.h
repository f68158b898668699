// What an image archive says to those who run the image: its user, and the secrets in its layers.
//
// Ownership: owns its text, for it outlives the archive's facts. Thread-safety: values.
#pragma once

#include <string>
#include <vector>

#include "core/build_steps.h"
#include "core/built_image.h"
#include "core/image.h"

namespace kaudit {

struct ShippedImage {
  std::vector<std::string> names;  // `shop/api:1.4`
  std::string digest, id;          // of its manifest and of its config
  BuiltImage image;                // without a Dockerfile
  BuildSteps steps;                // as its history tells
};

[[nodiscard]] ShippedImage shipped_image(const LayeredImage& image);

}  // namespace kaudit
