#include "core/redact.h"

#include <algorithm>
#include <functional>

#include "core/secrets.h"
#include "core/shown.h"

namespace kaudit {
namespace {

constexpr bool before(Place a, Place b) noexcept {
  return a.line < b.line || (a.line == b.line && a.column < b.column);
}

constexpr bool is_scalar(Kind kind) noexcept { return kind > Kind::null && kind < Kind::array; }

// What a name makes secret, whether it can be guessed, is random or a placeholder.
bool is_secret(std::string_view name, std::string_view value) noexcept {
  return secret_in_value(name, value).grade != SecretGrade::none;
}

template <class Each>
void for_each_child(const Document& document, NodeId id, Each each) {
  // Members that a later duplicate overrides count as well: they stand in the file.
  const NodeId end = document.subtree_end(id);
  for (NodeId child = id + 1; child < end; child = document.subtree_end(child)) {
    each(document.at(child));
  }
}

}  // namespace

void Redactor::learn(const Document& document) {
  document_ = &document;
  if (document.serial() == serial_ && object_ == kNoNode) return;
  forget();
  serial_ = document.serial();
  object_ = kNoNode;
  for (NodeId id = 0; id < document.node_count(); ++id) learn_value(id);
}

void Redactor::learn(const Document& document, NodeId object) {
  document_ = &document;
  if (document.serial() == serial_ && (object_ == kNoNode || object_ == object)) return;
  forget();
  serial_ = document.serial();
  object_ = object;
  const NodeId end = document.subtree_end(object);
  for (NodeId id = object; id < end;) {
    const Value value = document.at(id);
    const bool is_skipped = value.is_array() && value.key() == "managedFields" &&
                            document.at(document.parent(id)).key() == "metadata";
    if (!is_skipped) learn_value(id);
    id = is_skipped ? document.subtree_end(id) : id + 1;
  }
}

void Redactor::forget() {
  clean_ = true;
  sorted_ = true;
  ranges_.clear();
  shaped_.clear();
  values_.clear();
}

void Redactor::learn_value(NodeId id) {
  const Value value = document_->at(id);
  if (value.is_object()) learn_object(id);
  if (value.is_array()) learn_list(id);
  if (value.kind() == Kind::string) learn_shape(id);
  // A name that is one: nothing is hidden, but names are looked at.
  constexpr std::size_t kShortestKey = 16;
  if (value.key().size() >= kShortestKey && secret_by_shape(value.key()).real()) clean_ = false;
}

void Redactor::learn_object(NodeId id) {
  bool is_secret_object = false;
  std::string_view telling;  // {name: DB_PASSWORD, value: …}: an environment variable, a parameter
  for_each_child(*document_, id, [&](const Value& child) {
    if (!is_scalar(child.kind())) return;
    const std::string_view key = child.key();
    if (key == "kind" && child.text() == "Secret") is_secret_object = true;
    if ((key == "name" || key == "key") && name_says(child.text()) != NameSays::nothing) {
      telling = child.text();
    }
    if (name_says(key) != NameSays::nothing && is_secret(key, child.text())) insert(child.id());
  });
  if (!telling.empty()) {
    for_each_child(*document_, id, [&](const Value& child) {
      const bool holds = child.key() == "value" || child.key() == "default";
      if (holds && is_scalar(child.kind()) && is_secret(telling, child.text())) insert(child.id());
    });
  }
  if (!is_secret_object) return;
  for_each_child(*document_, id, [&](const Value& child) {
    if (!child.is_object() || (child.key() != "data" && child.key() != "stringData")) return;
    for_each_child(*document_, child.id(), [&](const Value& entry) {
      if (is_scalar(entry.kind()) && !entry.text().empty()) insert(entry.id());
    });
  });
}

void Redactor::learn_list(NodeId id) {
  CommandSecrets scanner;
  std::vector<SecretMatch> found;
  for_each_child(*document_, id, [&](const Value& item) {
    if (!is_scalar(item.kind())) return;
    scanner.scan(item.text(), found);
    if (!found.empty()) insert(item.id());
    found.clear();
  });
}

// Its line shows what is secret in it, unless only a part of the line is seen.
void Redactor::learn_shape(NodeId id) {
  constexpr std::size_t kShortest = 6;  // pw=abc
  const std::string_view text = document_->at(id).text();
  if (text.size() < kShortest) return;
  std::vector<SecretMatch> found;
  CommandSecrets().scan(text, found);
  if (found.empty()) return;
  shaped_.push_back(id);
  clean_ = false;
}

bool Redactor::comes_before(const Range& a, const Range& b) noexcept {
  if (a.source != b.source) return std::less<>{}(a.source, b.source);
  return before(a.begin, b.begin);
}

Redactor::Range Redactor::range_of(NodeId id) const noexcept {
  return {&document_->source_of(id), document_->begin_of(id), document_->end_of(id)};
}

void Redactor::insert(NodeId id) {
  clean_ = false;
  ranges_.push_back(range_of(id));
  sorted_ = false;
  // What can be guessed may be the name of a container or an image as well.
  constexpr std::size_t kShortest = 6;
  const std::string_view text = document_->at(id).text();
  if (text.size() >= kShortest && !is_guessable(text)) values_.insert(shown_part(text));
}

void Redactor::add(NodeId id) {
  if (!is_scalar(document_->at(id).kind())) return;
  // Most are known; sorting again for each finding would take long.
  const Range added = range_of(id);
  const auto known = [&] {
    const auto same = std::partition_point(ranges_.begin(), ranges_.end(),
                                           [&](const Range& r) { return comes_before(r, added); });
    return same != ranges_.end() && !comes_before(added, *same);
  };
  if (!sorted_ || !known()) insert(id);
}

void Redactor::sort() {
  if (sorted_) return;
  sorted_ = true;
  std::sort(ranges_.begin(), ranges_.end(),
            [](const Range& a, const Range& b) { return comes_before(a, b); });
  const auto same = [](const Range& a, const Range& b) { return !comes_before(a, b); };
  ranges_.erase(std::unique(ranges_.begin(), ranges_.end(), same), ranges_.end());
}

std::string Redactor::line(const Source& source, std::uint32_t number,
                           const Source::Excerpt& excerpt, Span& value) {
  // A comment is part of no value.
  if (clean_ && excerpt.text.find('#') == std::string_view::npos) {
    const auto all = static_cast<std::uint32_t>(
        std::count_if(excerpt.text.begin(), excerpt.text.end(), starts_code_point));
    const auto shown_at = [&](std::uint32_t column) {
      return std::min(column - std::min(column, excerpt.column), all);
    };
    value = {shown_at(value.begin), shown_at(value.end)};
    return std::string(excerpt.text);
  }
  if (excerpt.text.size() < source.line(number).size()) {
    for (const NodeId id : shaped_) insert(id);
    shaped_.clear();
  }
  sort();
  // JSON's places are byte offsets, YAML's lines and columns.
  const bool offsets = !ranges_.empty() && ranges_.front().begin.line == 0;
  Place at{number, excerpt.column};
  if (offsets) {
    at = Place::offset(static_cast<std::size_t>(excerpt.text.data() - source.text().data()));
  }
  auto range = std::partition_point(ranges_.begin(), ranges_.end(), [&](const Range& r) {
    return r.source == &source ? !before(at, r.end) : std::less<>{}(r.source, &source);
  });
  std::string out;
  std::size_t value_begin = std::string::npos;
  std::size_t value_end = std::string::npos;
  std::uint32_t column = excerpt.column;
  bool inside = false;
  for (std::size_t n = 0; n < excerpt.text.size(); ++n) {
    const bool starts = starts_code_point(excerpt.text[n]);
    if (n > 0 && (starts || offsets)) ++at.column;
    if (n > 0 && starts) ++column;
    if (value_begin == std::string::npos && column >= value.begin) value_begin = out.size();
    if (value_end == std::string::npos && column >= value.end) value_end = out.size();
    if (inside && !before(at, range->end)) {
      inside = false;
      ++range;
    }
    if (!inside && range != ranges_.end() && range->source == &source &&
        !before(at, range->begin)) {
      inside = true;
      out += kRedacted;
    }
    if (!inside) out += excerpt.text[n];
  }
  std::string shown = out;
  redact_secrets(shown);
  // What a telling shape hides before a place moves it.
  const auto characters = [&](std::size_t bytes) {
    std::string head = out.substr(0, bytes);
    if (shown != out) redact_secrets(head);
    return static_cast<std::uint32_t>(std::count_if(head.begin(), head.end(), starts_code_point));
  };
  value = {characters(value_begin), characters(value_end)};
  return shown;
}

void Redactor::text(std::string& text) const {
  if (clean_) return;
  // A value may hold quotes itself: a few later ones are tried as its end.
  constexpr int kQuotesTried = 8;
  for (std::size_t open = text.find('"'); !values_.empty() && open != std::string::npos;
       open = text.find('"', open + 1)) {
    std::size_t close = text.find('"', open + 1);
    for (int n = 0; n < kQuotesTried && close != std::string::npos; ++n) {
      const std::string_view quoted = std::string_view(text).substr(open + 1, close - open - 1);
      const bool cut = quoted.ends_with(kEllipsis);
      if (values_.contains(quoted) ||
          (cut && values_.contains(quoted.substr(0, quoted.size() - kEllipsis.size())))) {
        text.replace(open + 1, quoted.size(), kRedacted);
        open += kRedacted.size() + 1;
        break;
      }
      close = text.find('"', close + 1);
    }
  }
  redact_secrets(text);
}

void Redactor::name(std::string& text) const {
  if (!clean_) redact_shapes(text);
}

void redact_shapes(std::string& text) {
  for (std::size_t from = 0;;) {
    const SecretMatch match = secret_by_shape(text, from);
    if (match.grade == SecretGrade::none) return;
    text.replace(match.begin, match.size, kRedacted);
    from = match.begin + kRedacted.size();
  }
}

}  // namespace kaudit
