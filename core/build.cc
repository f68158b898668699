#include "core/build.h"

#include <algorithm>
#include <charconv>

namespace kaudit {
namespace {

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::string_view name_of(Op op) noexcept {
  constexpr std::string_view kNames[] = {
      "ADD",    "ARG",   "CMD",         "COPY",  "ENTRYPOINT", "ENV",
      "EXPOSE", "FROM",  "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD",
      "RUN",    "SHELL", "STOPSIGNAL",  "USER",  "VOLUME",     "WORKDIR"};
  return kNames[static_cast<std::size_t>(op)];
}

NodeId Script::at(std::string_view piece) const noexcept {
  auto after = std::partition_point(parts.begin(), parts.end(), [&](const Text& part) {
    return part.value.data() <= piece.data();
  });
  if (after != parts.begin()) --after;
  return after == parts.end() ? kNoNode : after->at;
}

const BuildFlag* Instruction::flag(std::string_view name) const noexcept {
  const auto found = std::find_if(flags.begin(), flags.end(),
                                  [name](const BuildFlag& flag) { return flag.name == name; });
  return found == flags.end() ? nullptr : &*found;
}

const Instruction* Build::last(const Stage& stage, Op op) const noexcept {
  for (const Stage* each = &stage; each != nullptr; each = parent_of(*each)) {
    for (auto it = each->instructions.rbegin(); it != each->instructions.rend(); ++it) {
      if (it->op == op && !it->on_build) return &*it;
    }
  }
  return nullptr;
}

const Stage& Build::root_of(const Stage& stage) const noexcept {
  const Stage* root = &stage;
  while (const Stage* parent = parent_of(*root)) root = parent;
  return *root;
}

const Stage* Build::find_stage(std::string_view wanted, std::size_t before) const noexcept {
  const auto earlier = stages.first(std::min(before, stages.size()));
  for (auto it = earlier.rbegin(); it != earlier.rend(); ++it) {
    if (it->name.written() && equal_ignoring_case(it->name.value, wanted)) return &*it;
  }
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), index);
  const bool number = error == std::errc() && end == wanted.data() + wanted.size();
  return number && index < earlier.size() ? &earlier[index] : nullptr;
}

bool is_whole_context(const Text& source) noexcept {
  if (!source.written() || source.value.empty()) return false;
  std::string_view path = source.value;
  if (path.ends_with('*') && (path.size() == 1 || path[path.size() - 2] == '/')) {
    path.remove_suffix(1);
  }
  return path.find_first_not_of("./") == std::string_view::npos &&
         path.find("..") == std::string_view::npos;
}

std::string_view user_part(std::string_view user) noexcept {
  return user.substr(0, user.find(':'));
}

bool is_root_user(std::string_view user) noexcept {
  const std::string_view name = user_part(user);
  if (name == "root") return true;
  // "+0", "00": the runtime reads a number.
  const std::size_t digits = name.find_first_not_of('0');
  return !name.empty() && digits == std::string_view::npos;
}

}  // namespace kaudit
