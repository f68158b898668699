// How long the software in well-known images gets security updates, as far as the image's name and
// tag tell: core/image_life.def. What a tag does not tell is not guessed.
//
// Ownership: views of the reference handed in and of constants. Thread-safety: pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "core/day.h"
#include "core/image_ref.h"

namespace kaudit {

// The day of which the table is.
[[nodiscard]] Day image_table_day() noexcept;

// Something in an image that gets no security updates any more.
struct EndedPart {
  std::string_view product;  // "Debian"
  std::string_view version;  // "10"; of one older than all that the table has: as written
  std::string_view codename;
  Day end = 0;         // the last day with updates
  bool older = false;  // it ended some time before `end`
  std::string_view source;
};

struct ImageLife {
  // What the image is made for, and the distribution below it: `node:16-buster` is both.
  std::array<EndedPart, 2> parts;
  std::size_t count = 0;
  // The whole image is given up, whatever its tag: from that day on; else kNoDay.
  Day retired = kNoDay;
  std::string_view successor;  // the image to use instead
  std::string_view source;

  [[nodiscard]] bool ended() const noexcept { return count != 0 || retired != kNoDay; }
};

// Judged on `today`; on the table's own day where that is kNoDay.
[[nodiscard]] ImageLife image_life(const ImageRef& image, Day today) noexcept;

// The same image with versions that are supported on `today` in place of those that are not: the
// oldest with a year to go. `written` is the reference that `image` was made of.
[[nodiscard]] std::string supported_image(std::string_view written, const ImageRef& image,
                                          Day today);

}  // namespace kaudit
