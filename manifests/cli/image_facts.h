// Inputs that hold images: told by their content, and their images as facts.
//
// Thread-safety: no state; one BuildAdapter per thread.
#pragma once

#include <string>
#include <vector>

#include "core/facts.h"
#include "core/result.h"
#include "manifests/adapt/build.h"
#include "manifests/cli/image_input.h"
#include "manifests/cli/input_reader.h"
#include "manifests/image.h"

namespace kaudit {

// As much of a file as InputReader::open() must give, to tell whether it is a tar.
inline constexpr std::size_t kImagePeek = 512;

// Whether the input may hold images by what is known without opening it.
[[nodiscard]] bool may_hold_images(const Input& input) noexcept;
[[nodiscard]] bool holds_images(const InputReader::Opened& opened) noexcept;

// The facts of each image. Errors: everything that was not examined, with the input's name.
[[nodiscard]] std::vector<Error> adapt_images(const Input& input, InputReader::Opened& opened,
                                              const ImageLimits& limits, BuildAdapter& adapter,
                                              FactVisitor& facts, ReadProgress progress = {});

}  // namespace kaudit
