// The limits of archives as manifests/README.md and the help tell them.
#include <gtest/gtest.h>

#include "core/readable_size.h"
#include "manifests/cli/command_line.h"
#include "manifests/image.h"
#include "tests/support/golden.h"

namespace kaudit {
namespace {

// 2000000 -> "2,000,000".
std::string grouped(std::uint64_t number) {
  const std::string digits = std::to_string(number);
  std::string text;
  for (std::size_t n = 0; n < digits.size(); ++n) {
    if (n != 0 && (digits.size() - n) % 3 == 0) text += ',';
    text += digits[n];
  }
  return text;
}

TEST(ImageLimits, AreThoseOfTheReadme) {
  const std::string readme =
      testing::read_text((testing::source_dir() / "manifests/README.md").string());
  const ImageLimits limits;
  for (const auto& [what, value] : std::vector<std::pair<std::string, std::string>>{
           {"all that is unpacked, the archive and its layers (`--max-image-size`)",
            readable_size(limits.unpacked)},
           {"entries of all layers, and of the archive itself", grouped(limits.entries)},
           {"files that are reported, of all layers", grouped(limits.files)},
           {"a file that is searched for secrets", readable_size(limits.scanned)},
           {"a path", readable_size(limits.path)},
           {"images, layers of an image", grouped(limits.images) + ", " + grouped(limits.layers)},
           {"indexes in indexes, manifests that they name",
            grouped(limits.depth) + ", " + grouped(limits.manifests)},
           {"a manifest, index or config, all of them",
            readable_size(limits.json) + ", " + readable_size(limits.all_json)},
           {"values in one of them, their nesting",
            grouped(limits.values) + ", " + grouped(limits.nesting)},
           {"memory of a decompressor", readable_size(limits.window)},
       }) {
    const std::string row = "\n| " + what + " | " + value + " | ";
    EXPECT_NE(readme.find(row), std::string::npos) << row;
  }
}

TEST(ImageLimits, TheHelpSaysTheDefault) {
  const std::uint64_t gibi = ImageLimits{}.unpacked >> 30;
  EXPECT_NE(help_text().find("may unpack to (default: " + std::to_string(gibi) + "G)"),
            std::string::npos);
}

}  // namespace
}  // namespace kaudit
