#include "manifests/read/yaml_document.h"

#include <algorithm>

namespace kaudit::read {
namespace {

// Aliases may add this many values to a document (goyaml.v2: alias_ratio_range_low).
constexpr std::size_t kMaxAliased = 400'000;

constexpr std::string_view kTagPrefix = "tag:yaml.org,2002:";
constexpr std::string_view kMergeTag = "tag:yaml.org,2002:merge";

std::string_view view(const yaml_char_t* text, std::size_t size) noexcept {
  return {reinterpret_cast<const char*>(text), size};
}
std::string_view view(const yaml_char_t* text) noexcept {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

// Without quotes and without a tag.
bool is_plain(const yaml_event_t& event) noexcept {
  const auto& data = event.data.scalar;
  return data.style == YAML_PLAIN_SCALAR_STYLE && data.plain_implicit != 0 && data.tag == nullptr;
}

bool is_block(const yaml_event_t& event) noexcept {
  const auto style = event.data.scalar.style;
  return style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE;
}

}  // namespace

void YamlDocument::begin(std::string_view template_name) {
  // An unfinished document may have been moved from.
  builder_.emplace(source_, limits_, builder_ ? Document() : std::move(document_));
  builder_->set_template_name(template_name);
  frames_.clear();
  if (!anchors_.empty()) anchors_.clear();
  aliased_ = 0;
  blank_ = false;
}

bool YamlDocument::add(const yaml_event_t& event, YamlPlaces& places) {
  switch (event.type) {
    case YAML_SCALAR_EVENT: return scalar(event, places);
    case YAML_ALIAS_EVENT: return alias(event, places);
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT: return open(event, places);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: return close(event, places);
    default: return true;
  }
}

const Document* YamlDocument::finish() {
  Result<Document> result = builder_->finish();
  if (!result) return nullptr;  // never: the error ended the document before
  document_ = std::move(*result);
  builder_.reset();
  return blank_ ? nullptr : &document_;
}

std::optional<Mark> YamlDocument::innermost() const {
  if (!builder_ || frames_.empty()) return std::nullopt;
  return builder_->so_far().locate(frames_.back().node).begin;
}

bool YamlDocument::scalar(const yaml_event_t& event, YamlPlaces& places) {
  const auto& data = event.data.scalar;
  std::string_view text = view(data.value, data.length);
  Place begin = places.of(event.start_mark);
  if (data.anchor != nullptr || data.tag != nullptr) {
    const auto value = places.after_properties(event);
    if (!value) return unclear_tag(begin);
    begin = *value;
  }
  last_end_ = places.of(event.end_mark);
  if (is_block(event)) last_end_ = places.block_end(begin, last_end_);
  if (merging()) return cannot_merge(begin);

  YamlScalar meaning;
  NodeId node = kNoNode;
  if (naming() && text == "<<" && (is_plain(event) || view(data.tag) == kMergeTag)) {
    text = "<<";
    builder_->key(text, begin);
    frames_.back().key_next = false;
    frames_.back().merges = true;
  } else {
    if (!resolve(event, begin, text, meaning)) return false;
    if (naming()) {
      if (!name_member(meaning, text, begin)) return false;
    } else {
      blank_ = frames_.empty() && is_plain(event) && text.empty();
      node = write(meaning, text, begin, last_end_);
      if (node == kNoNode) return false;
    }
  }
  if (data.anchor != nullptr) {
    anchors_[std::string(view(data.anchor))] = {node, false, meaning, text, begin, last_end_};
  }
  return true;
}

// `text` becomes the document's own.
bool YamlDocument::resolve(const yaml_event_t& event, Place begin, std::string_view& text,
                           YamlScalar& meaning) {
  if (is_plain(event)) {
    meaning = resolve_plain(text);
  } else if (const std::string_view tag = view(event.data.scalar.tag); !tag.empty()) {
    std::optional<std::string> decoded;
    const auto tagged = resolve_tagged(tag, text, decoded);
    if (!tagged) {
      return fail("the value does not fit its tag !!" + std::string(tag.substr(kTagPrefix.size())),
                  begin);
    }
    meaning = *tagged;
    if (decoded) {
      text = builder_->keep(*decoded);
      return true;
    }
  }
  text = builder_->keep(text);
  return true;
}

// A value in its place; kNoNode after an error.
NodeId YamlDocument::write(const YamlScalar& meaning, std::string_view text, Place begin,
                           Place end) {
  const auto value = as_json(meaning);
  if (!value) {
    fail("JSON has no infinity and no NaN, so Kubernetes refuses this document", begin);
    return kNoNode;
  }
  const NodeId node = builder_->scalar(value->kind, text, value->number, begin, end);
  if (!check_limits()) return kNoNode;
  value_done();
  return node;
}

bool YamlDocument::name_member(const YamlScalar& meaning, std::string_view text, Place begin) {
  const bool as_written = names_ == YamlNames::as_written && meaning.kind != Kind::null;
  const auto name = as_written ? text : as_member_name(meaning, text, scratch_);
  if (!name) {
    return fail(meaning.kind != Kind::null ? "a number beyond 64 bits cannot be a key"
                : names_ == YamlNames::as_written
                    ? "a key is missing or null; Compose needs a name here"
                    : "a key is missing or null; Kubernetes needs a name here",
                begin);
  }
  builder_->key(name->data() == text.data() ? text : builder_->keep(*name), begin);
  frames_.back().key_next = false;
  return true;
}

bool YamlDocument::alias(const yaml_event_t& event, YamlPlaces& places) {
  const Place begin = places.of(event.start_mark);
  last_end_ = places.of(event.end_mark);
  const auto found = anchors_.find(std::string(view(event.data.alias.anchor)));
  if (found == anchors_.end()) {
    return fail(
        "'*' begins an alias, and no anchor above has this name; quote the value if it is "
        "text",
        begin);
  }
  const Anchor& anchor = found->second;
  const bool inside = std::any_of(frames_.begin(), frames_.end(),
                                  [&](const Frame& frame) { return frame.node == anchor.node; });
  if (inside) return fail("the alias stands inside its own anchor", begin);
  if (!naming()) return alias_value(anchor, begin);
  if (anchor.collection) return complex_key(begin);
  return name_member(anchor.meaning, anchor.text, begin);
}

bool YamlDocument::alias_value(const Anchor& anchor, Place begin) {
  const Document& so_far = builder_->so_far();
  const bool object = anchor.collection && so_far.at(anchor.node).is_object();
  if (merging() && !object) return cannot_merge(begin);
  if (anchor.node == kNoNode) {
    return write(anchor.meaning, anchor.text, anchor.begin, anchor.end) != kNoNode;
  }
  if (!expands(anchor.node, begin)) return false;
  if (!frames_.empty() && frames_.back().merges) {
    builder_->merge(anchor.node);
  } else {
    builder_->copy(anchor.node);
  }
  value_done();
  return check_limits();
}

bool YamlDocument::open(const yaml_event_t& event, YamlPlaces& places) {
  const bool object = event.type == YAML_MAPPING_START_EVENT;
  const yaml_char_t* anchor =
      object ? event.data.mapping_start.anchor : event.data.sequence_start.anchor;
  const yaml_char_t* tag = object ? event.data.mapping_start.tag : event.data.sequence_start.tag;
  Place begin = places.of(event.start_mark);
  if (anchor != nullptr || tag != nullptr) {
    const auto value = places.after_properties(event);
    if (!value) return unclear_tag(begin);
    begin = *value;
  }
  if (naming()) return complex_key(begin);
  if (!object && !frames_.empty() && frames_.back().merge_list) return cannot_merge(begin);
  const bool merge_list = !object && merging();
  const NodeId node = builder_->open(object ? Kind::object : Kind::array, begin);
  if (!check_limits()) return false;
  frames_.push_back({node, object, object, false, merge_list});
  if (anchor != nullptr) {
    Anchor& named = anchors_[std::string(view(anchor))];
    named = {};
    named.node = node;
    named.collection = true;
  }
  return true;
}

bool YamlDocument::close(const yaml_event_t& event, YamlPlaces& places) {
  // Only brackets have a width; a block collection ends where its last child does.
  if (event.end_mark.column > event.start_mark.column) last_end_ = places.of(event.end_mark);
  const Frame closed = frames_.back();
  frames_.pop_back();
  builder_->close(last_end_);
  if (!frames_.empty() && frames_.back().merges && !merge_written(closed)) return false;
  value_done();
  return true;
}

// The value of a merge key that is written out in place: it is taken out again, and its members
// (of a list the last item's first, for earlier ones count more) go into the object around it.
bool YamlDocument::merge_written(const Frame& value) {
  builder_->hide(value.node);
  if (!expands(value.node, last_end_)) return false;
  if (value.object) {
    builder_->merge(value.node);
    return check_limits();
  }
  std::vector<NodeId> items;
  for (const Value item : builder_->so_far().at(value.node)) items.push_back(item.id());
  for (auto item = items.rbegin(); item != items.rend(); ++item) builder_->merge(*item);
  return check_limits();
}

// The subtree may be written once more.
bool YamlDocument::expands(NodeId node, Place at) {
  aliased_ += builder_->so_far().subtree_end(node) - node;
  if (aliased_ <= kMaxAliased) return true;
  return fail(
      "aliases and merge keys expand to more than " + std::to_string(kMaxAliased) + " values", at,
      ErrorCode::too_large);
}

void YamlDocument::value_done() {
  if (frames_.empty()) return;
  frames_.back().merges = false;
  frames_.back().key_next = frames_.back().object;
}

bool YamlDocument::fail(std::string message, Place at, ErrorCode code) {
  const Mark mark{at.line, at.column};
  error_ = {code, std::move(message), Location{source_->name(), "", mark, mark}};
  return false;
}

bool YamlDocument::cannot_merge(Place at) {
  return fail("a merge key (<<) needs a mapping or a list of mappings", at);
}

bool YamlDocument::unclear_tag(Place at) {
  return fail(
      "a comma directly after a tag, which YAML readers take differently; write a blank "
      "between them",
      at);
}

bool YamlDocument::complex_key(Place at) { return fail("a list or a mapping cannot be a key", at); }

bool YamlDocument::take_error() {
  error_ = builder_->finish().error();
  return false;
}

}  // namespace kaudit::read
