#include "manifests/policy/yaml_bounds.h"

#include <yaml-cpp/eventhandler.h>

#include <sstream>
#include <utility>
#include <vector>

namespace kaudit {
namespace {

// Counts the values below each anchor, those of aliases with them.
class Counter final : public YAML::EventHandler {
 public:
  explicit Counter(const YamlReader& reader) : reader_(reader) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { leaf(mark, anchor); }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                const std::string&) override {
    leaf(mark, anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const std::size_t size = anchor < sizes_.size() ? sizes_[anchor] : 0;
    if (size == 0) refuse(mark, "an alias of what it stands in");
    add(mark, size);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    YAML::anchor_t anchor;
    std::size_t before;  // values, without itself
  };

  [[noreturn]] void refuse(const YAML::Mark& mark, std::string message) const {
    throw YamlReader::Bad{reader_.at(mark, std::move(message))};
  }
  void add(const YAML::Mark& mark, std::size_t values) {
    values_ += values;
    if (values_ > kPolicyValues) {
      refuse(mark, "more than " + std::to_string(kPolicyValues) + " values, aliases written out");
    }
  }
  void leaf(const YAML::Mark& mark, YAML::anchor_t anchor) {
    add(mark, 1);
    remember(anchor, 1);
  }
  void open(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (open_.size() == kPolicyDepth) {
      refuse(mark, "nested deeper than " + std::to_string(kPolicyDepth));
    }
    open_.push_back({anchor, values_});
    add(mark, 1);
  }
  void close() {
    remember(open_.back().anchor, values_ - open_.back().before);
    open_.pop_back();
  }
  void remember(YAML::anchor_t anchor, std::size_t size) {
    if (anchor == YAML::NullAnchor) return;
    if (sizes_.size() <= anchor) sizes_.resize(anchor + 1);
    sizes_[anchor] = size;
  }

  const YamlReader& reader_;
  std::vector<Open> open_;
  std::size_t values_ = 0;
  std::vector<std::size_t> sizes_;  // by anchor, which are numbered from 1; 0: not closed yet
};

}  // namespace

void check_bounds(const std::string& text, const YamlReader& reader) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  Counter counter(reader);
  if (parser.HandleNextDocument(counter) && parser.HandleNextDocument(counter)) {
    throw YamlReader::Bad{reader.at(YAML::Mark::null_mark(), "holds more than one document")};
  }
}

}  // namespace kaudit
