#include "core/shipped_image.h"

#include <algorithm>

#include "core/build_user.h"
#include "core/layer_message.h"

namespace kaudit {

ShippedImage shipped_image(const LayeredImage& image) {
  // The worst are shown; what an image has more of is its own report's.
  constexpr std::size_t kMostLeaks = 100;
  ShippedImage out;
  for (const std::string_view name : image.names) out.names.emplace_back(name);
  out.digest = image.digest;
  out.id = image.id;
  const Document& document = *image.document;
  out.image.archive = document.source().name();
  if (const Stage* stage = image.history.final_stage()) {
    Stage told = *stage;
    told.instructions = stage->instructions.first(std::min(image.told, stage->instructions.size()));
    out.steps = steps_of(image.history, told);
    const BuildUser user = user_of(image.history, *stage);
    out.image.user = user.kind;
    if (user.user.written()) out.image.user_name = shown(user.user.value);
    if (user.kind == BuildUser::Kind::root) out.image.why_root = why_root(user);
    out.image.where = document.locate(user.at);
  }
  for (const Layer& layer : image.layers) {
    for (const ImageFile& file : layer.files) {
      if (!holds_secret(file) || out.image.leaks.size() == kMostLeaks) continue;
      std::string what = name_of(layer) + ": " + what_it_holds(file);
      if (file.hidden_by != 0) {
        what += ", which layer " + std::to_string(file.hidden_by) + " hides";
      }
      out.image.leaks.push_back({std::move(what), document.locate(file.at), severity_of(file)});
    }
  }
  return out;
}

}  // namespace kaudit
