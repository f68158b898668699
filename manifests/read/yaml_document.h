// One YAML document out of libyaml's events. What goyaml.v2 does with the events of its own parser
// is done again here: merge keys in the order of the text, names that are not strings, aliases
// (go.yaml.in/yaml/v2 v2.4.3, decode.go).
//
// Ownership: the documents are its own; a finished one is valid until the next begin().
// Thread-safety: one thread. Errors: the first one ends the document.
#pragma once

#include <yaml.h>

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/document.h"
#include "manifests/read/yaml_places.h"
#include "manifests/read/yaml_scalar.h"

namespace kaudit::read {

// What members are called whose names are no strings to YAML 1.1, such as `on` or `1.0`.
enum class YamlNames : std::uint8_t {
  kubernetes,  // by what they mean: "true", "1"
  as_written,  // as Compose does it
};

class YamlDocument {
 public:
  YamlDocument(const std::shared_ptr<const Source>& source, const Limits& limits, YamlNames names)
      : source_(source), limits_(limits), names_(names) {}

  void begin(std::string_view template_name);
  // An event between the document's start and its end. False when it cannot be read on: error()
  // says why.
  [[nodiscard]] bool add(const yaml_event_t& event, YamlPlaces& places);
  // Nothing where nothing is written in it: `---` and comments.
  [[nodiscard]] const Document* finish();
  [[nodiscard]] const Error& error() const noexcept { return error_; }
  // Where the innermost collection begins that is open.
  [[nodiscard]] std::optional<Mark> innermost() const;

 private:
  struct Frame {
    NodeId node = kNoNode;
    bool object = false;
    bool key_next = false;    // of an object: the next node is a member's name
    bool merges = false;      // of an object: the next node is the value of a merge key
    bool merge_list = false;  // a list that is the value of a merge key
  };
  struct Anchor {
    NodeId node = kNoNode;  // none: the name of a member
    bool collection = false;
    YamlScalar meaning;
    std::string_view text;
    Place begin, end;
  };

  bool scalar(const yaml_event_t& event, YamlPlaces& places);
  bool alias(const yaml_event_t& event, YamlPlaces& places);
  bool open(const yaml_event_t& event, YamlPlaces& places);
  bool close(const yaml_event_t& event, YamlPlaces& places);
  bool resolve(const yaml_event_t& event, Place begin, std::string_view& text, YamlScalar& meaning);
  NodeId write(const YamlScalar& meaning, std::string_view text, Place begin, Place end);
  bool name_member(const YamlScalar& meaning, std::string_view text, Place begin);
  bool alias_value(const Anchor& anchor, Place begin);
  bool merge_written(const Frame& value);
  bool expands(NodeId node, Place at);
  void value_done();

  [[nodiscard]] bool merging() const noexcept {
    return !frames_.empty() && (frames_.back().merges || frames_.back().merge_list);
  }
  [[nodiscard]] bool naming() const noexcept { return !frames_.empty() && frames_.back().key_next; }

  bool fail(std::string message, Place at, ErrorCode code = ErrorCode::malformed);
  bool cannot_merge(Place at);
  bool complex_key(Place at);
  bool unclear_tag(Place at);
  bool check_limits() { return !builder_->failed() || take_error(); }
  bool take_error();

  const std::shared_ptr<const Source>& source_;
  const Limits& limits_;
  const YamlNames names_;
  Document document_;  // the finished one; its memory serves the next
  std::optional<Document::Builder> builder_;
  std::vector<Frame> frames_;
  std::unordered_map<std::string, Anchor> anchors_;
  std::size_t aliased_ = 0;  // values written again by aliases and merge keys
  Place last_end_;           // of the value read last
  bool blank_ = false;
  std::string scratch_;
  Error error_;
};

}  // namespace kaudit::read
