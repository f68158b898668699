// Any bytes as an image's reference: its parts lie in the text, in order, and those of a valid one
// are all of it.
#include "core/image_life.h"
#include "core/image_ref.h"
#include "tests/fuzz/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kaudit;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const ImageRef ref = split_image(text);
  const char* from = text.data();
  for (const std::string_view part : {ref.registry, ref.repository, ref.tag, ref.digest}) {
    if (part.empty()) continue;
    fuzz::require(part.data() >= from && part.data() + part.size() <= text.data() + text.size(),
                  "a part lies in the text behind the one before it", text);
    from = part.data() + part.size();
  }
  const auto valid = parse_image(text);
  fuzz::require(valid.has_value() == is_valid(text, ref), "both ways to ask agree", text);
  if (!valid) return 0;
  std::string again(ref.registry);
  if (!again.empty()) again += '/';
  again += ref.repository;
  if (!ref.tag.empty()) again.append(":").append(ref.tag);
  if (!ref.digest.empty()) again.append("@").append(ref.digest);
  fuzz::require(again == text, "the parts of a valid reference are all of it", again, text);
  fuzz::require(!ref.name().empty(), "a valid reference has a name", text);
  const Day today = image_table_day();
  constexpr std::size_t kLongTag = 100;  // which another codename may make too long
  if (ref.tag.size() > kLongTag || !image_life(ref, today).ended()) return 0;
  const std::string successor = supported_image(text, ref, today);
  fuzz::require(parse_image(successor).has_value(), "what to use instead is a reference", successor,
                text);
  return 0;
}
