// Dockerfiles as JSON.
#include <algorithm>

#include "core/build.h"
#include "core/image.h"
#include "core/report/facts.h"

namespace kaudit {
namespace {

bool is_url(std::string_view text) noexcept {
  return text.starts_with("http://") || text.starts_with("https://") ||
         text.starts_with("ftp://") || text.starts_with("git@") || text.starts_with("git://") ||
         text.starts_with("ssh://");
}

// What a reader asks of a file at first.
struct Counts {
  std::size_t users = 0, copy_dot = 0, add_dot = 0, add_url = 0, heredocs = 0, on_build = 0;

  void add(const Instruction& instruction) {
    heredocs += instruction.heredocs.size();
    if (instruction.on_build) {
      ++on_build;
      return;
    }
    users += instruction.op == Op::user ? 1 : 0;
    const bool copy = instruction.op == Op::copy && !instruction.from_elsewhere();
    if (!copy && instruction.op != Op::add) return;
    const auto sources = instruction.sources();
    const bool all = std::any_of(sources.begin(), sources.end(), is_whole_context);
    (copy ? copy_dot : add_dot) += all ? 1 : 0;
    const bool url = std::any_of(sources.begin(), sources.end(),
                                 [](const Text& source) { return is_url(source.value); });
    add_url += !copy && url ? 1 : 0;
  }
};

}  // namespace

void FactsWriter::visit(const LayeredImage& fact) {
  begin_object(fact, "image");
  json_.member("platform", fact.platform);
  const Stage* last = fact.history.final_stage();
  const auto history = last != nullptr ? last->instructions : std::span<const Instruction>();
  list("history", history, [&](const Instruction& instruction) {
    place(instruction.at);
    json_.member("op", name_of(instruction.op));
  });
  list("layers", fact.layers, [&](const Layer& layer) {
    json_.member("number", layer.number);
    json_.member("digest", layer.digest);
    list("files", layer.files, [&](const ImageFile& file) {
      json_.member("path", file.path);
      json_.member("mode", file.mode);
      if (!file.named.empty()) json_.member("named", file.named);
      if (!file.secrets.empty()) json_.member("secrets", file.secrets.size());
      if (file.hidden_by == 0) return;
      json_.member(file.deleted ? "deleted_in" : "replaced_in", file.hidden_by);
    });
  });
  json_.end_object();
}

void FactsWriter::visit(const Build& fact) {
  begin_object(fact, "build");
  json_.member("escape", std::string_view(&fact.escape, 1));
  Counts all;
  list("stages", fact.stages, [&](const Stage& stage) {
    Counts counts;
    for (const Instruction& instruction : stage.instructions) {
      counts.add(instruction);
      all.add(instruction);
    }
    place(stage.at);
    field("name", stage.name);
    json_.member("from", stage.base.value);
    if (!stage.base.written()) json_.member("from_unresolved", true);
    field("platform", stage.platform);
    if (stage.parent != kNoStage) json_.member("parent", stage.parent);
    const Instruction* user = fact.last(stage, Op::user);
    if (user != nullptr && !user->words.empty()) {
      json_.member("user", document_->at(user->words[0].at).text());
    }
    json_.member("users", counts.users);
    json_.member("instructions", stage.instructions.size());
  });
  if (const Stage* final_stage = fact.final_stage()) {
    const Instruction* user = fact.last(*final_stage, Op::user);
    if (user != nullptr && !user->words.empty()) {
      json_.member("user", document_->at(user->words[0].at).text());
      field("user_resolved", user->words[0]);
      json_.member("root", user->words[0].written() && is_root_user(user->words[0].value));
    }
    const Instruction* health = fact.last(*final_stage, Op::healthcheck);
    json_.member("healthcheck", health != nullptr && !health->none);
  }
  json_.member("any_user", all.users != 0);
  json_.member("copy_dot", all.copy_dot);
  json_.member("add_dot", all.add_dot);
  json_.member("add_url", all.add_url);
  json_.member("heredocs", all.heredocs);
  json_.member("onbuild", all.on_build);
  json_.end_object();
}

}  // namespace kaudit
