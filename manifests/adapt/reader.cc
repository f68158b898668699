#include "manifests/adapt/reader.h"

#include <charconv>
#include <cmath>

namespace kaudit {
namespace {

// Annotations and labels that Kubernetes acts on in matters of security.
constexpr std::string_view kSecurityKeys[] = {"container.apparmor.security.beta.kubernetes.io/",
                                              "container.seccomp.security.alpha.kubernetes.io/",
                                              "seccomp.security.alpha.kubernetes.io/",
                                              "pod-security.kubernetes.io/"};

bool is_security_key(std::string_view key) noexcept {
  for (const std::string_view prefix : kSecurityKeys) {
    if (key.starts_with(prefix)) return true;
  }
  return false;
}

std::string_view text_or_kind(Value value) noexcept {
  return value.kind() >= Kind::array ? name_of(value.kind()) : value.text();
}

}  // namespace

void Reader::begin(const Document& document, NodeId object, std::string_view placeholder) {
  document_ = &document;
  object_ = object;
  placeholder_ = placeholder;
  arena_.reset();
  problems_.clear();
}

void Reader::note(Problem::What what, NodeId at, std::string_view expected) {
  problems_.push_back({.what = what, .at = at, .other = kNoNode, .expected = expected});
}

void Reader::invalid(Value value, std::string_view expected) {
  note(Problem::What::invalid_type, value.id(), expected);
}

void Reader::misplaced(Value value, const std::string& right_path) {
  note(Problem::What::misplaced, value.id(), arena_.copy(right_path));
}

void Reader::read(Flag& field, Value value, bool worse) {
  if (!value.set()) return;
  field.at = value.id();
  field.state = Flag::State::written;
  if (const auto given = value.as_bool()) {
    field.value = *given;
  } else if (is_placeholder(value.text())) {
    field.state = Flag::State::unresolved;
  } else {
    field.value = worse;
    invalid(value, "a boolean");
  }
}

void Reader::read(Number& field, Value value, std::int64_t worse) {
  if (!value.set()) return;
  field.at = value.id();
  field.state = Number::State::written;
  if (const auto given = value.as_int()) {
    field.value = *given;
    return;
  }
  if (const auto real = value.as_real()) {
    constexpr double kBeyond = 0x1p63;
    if (*real == std::trunc(*real) && std::abs(*real) < kBeyond) {
      field.value = static_cast<std::int64_t>(*real);
      return;
    }
  }
  if (is_placeholder(value.text())) {
    field.state = Number::State::unresolved;
    return;
  }
  field.value = worse;
  invalid(value, "an integer");
}

void Reader::read_port(Number& field, Value value) {
  std::int64_t worse = -1;
  if (const auto text = value.as_string()) {
    std::int64_t digits = 0;
    const auto [stop, error] = std::from_chars(text->begin(), text->end(), digits);
    if (error == std::errc() && stop == text->end() && digits > 0) worse = digits;
  }
  read(field, value, worse);
}

void Reader::read_text(Text& field, Value value) {
  field.value = text_or_kind(value);
  field.at = value.id();
  field.state = is_placeholder(field.value) ? Text::State::unresolved : Text::State::written;
}

void Reader::read(Text& field, Value value) {
  if (!value.set()) return;
  read_text(field, value);
  if (value.kind() != Kind::string) invalid(value, "a string");
}

void Reader::read(Image& image, Value value) {
  Text& text = image;
  read(text, value);
  image = image_of(text);
}

void Reader::read_scalar(Text& field, Value value) {
  if (!value.set()) return;
  read_text(field, value);
  if (value.kind() >= Kind::array) invalid(value, "a string");
}

std::span<const Text> Reader::texts(Value value) {
  if (!value.set()) return {};
  texts_.clear();
  if (value.is_array()) {
    for (const Value item : value) read(texts_.emplace_back(Text{.at = item.id()}), item);
  } else {
    invalid(value, "a list of strings");
    read_text(texts_.emplace_back(), value);
  }
  return arena_.copy(texts_);
}

std::span<const Text> Reader::texts_with(std::span<const Text> before, Value last) {
  texts_.assign(before.begin(), before.end());
  read(texts_.emplace_back(absent<std::string_view>(last.id())), last);
  return arena_.copy(texts_);
}

std::span<const Pair> Reader::pairs(Value value) {
  if (!mapping(value)) return {};
  pairs_.clear();
  for (const Value member : value) {
    Pair& pair = pairs_.emplace_back(Pair{member.key(), absent<std::string_view>(member.id())});
    if (!member.set()) continue;
    read_text(pair.value, member);
    if (member.kind() != Kind::string && is_security_key(member.key())) {
      invalid(member, "a string");
    }
  }
  return arena_.copy(pairs_);
}

}  // namespace kaudit
