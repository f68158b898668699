// Any bytes as YAML, alone and as a manifest. The second opinion is yaml-cpp's event parser: where
// both accept a text, they read the same scalars in the same order.
#include <yaml-cpp/anchor.h>
#include <yaml-cpp/emitterstyle.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <sstream>

#include "tests/fuzz/check.h"

namespace kaudit::fuzz {
namespace {

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// Names that Kubernetes may write otherwise (0x1f, yes) are not compared.
std::string name_text(const std::string& name) {
  const bool same = !name.empty() && std::isalpha(static_cast<unsigned char>(name[0])) != 0 &&
                    std::strchr("yYnNtTfFoO", name[0]) == nullptr;
  return same ? '"' + name + '"' : "?";
}

// The shape of a text: brackets, names and the texts of scalars.
class TheirShape : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override { shape += "---"; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override { add(""); }
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override { add("*"); }
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string& value) override {
    add(value);
  }
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    open('[');
  }
  void OnSequenceEnd() override { close(']'); }
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    open('{');
  }
  void OnMapEnd() override { close('}'); }

  std::string shape;

 private:
  struct Open {
    bool object;
    bool name_next;
  };
  // Whether what comes now is a member's name.
  bool advance() {
    if (open_.empty() || !open_.back().object) return false;
    open_.back().name_next = !open_.back().name_next;
    return !open_.back().name_next;
  }
  void add(const std::string& value) { shape += advance() ? name_text(value) : '"' + value + '"'; }
  void open(char bracket) {
    advance();
    open_.push_back({bracket == '{', bracket == '{'});
    shape += bracket;
  }
  void close(char bracket) {
    open_.pop_back();
    shape += bracket;
  }
  std::vector<Open> open_;
};

class OurShape : public DocumentVisitor {
 public:
  void document(const Document& document) override {
    shape += "---";
    add(document.root());
  }
  void error(Error) override { failed = true; }

  std::string shape;
  bool failed = false;

 private:
  void add(Value value) {  // NOLINT(misc-no-recursion): the limit on depth is small here
    const bool object = value.is_object();
    if (!object && !value.is_array()) {
      const bool null = value.kind() == Kind::null;
      shape.append("\"").append(null ? std::string_view() : value.text()).append("\"");
      return;
    }
    shape += object ? '{' : '[';
    // Every member, also those that a later one overrides.
    const Document& document = *value.document();
    for (NodeId id = value.id() + 1; id < document.subtree_end(value.id());
         id = document.subtree_end(id)) {
      if (object) shape += name_text(std::string(document.at(id).key()));
      add(document.at(id));
    }
    shape += object ? '}' : ']';
  }
};

// yaml-cpp 0.7 loops for ever where a document does not advance: on the text `,`.
bool their_shape(const std::string& text, std::string& shape) {
  std::istringstream stream(text);
  TheirShape handler;
  try {
    YAML::Parser parser(stream);
    for (std::size_t documents = 0, before = 0; parser.HandleNextDocument(handler); ++documents) {
      if (documents > 0 && handler.shape.size() <= before + 5) return false;
      before = handler.shape.size();
    }
  } catch (const YAML::Exception&) {
    return false;
  }
  shape = handler.shape;
  return true;
}

}  // namespace
}  // namespace kaudit::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kaudit::fuzz;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const kaudit::Limits limits{.bytes = 1U << 20U, .nodes = 20'000, .depth = 50};
  const Checked yaml = read(kaudit::read_yaml, text, limits);
  const Checked manifest = read(kaudit::read_manifest, text, limits);
  if (!text.empty() && yaml.documents.empty() && yaml.errors.empty()) {
    require(manifest.errors.size() + manifest.documents.size() < 2, "nothing to read is nothing",
            manifest.documents.empty() ? "" : manifest.documents[0]);
  }

  // The second opinion knows no merge keys, converts no names, and takes tags and odd characters
  // otherwise: only texts without them can be compared.
  const bool plain = std::all_of(text.begin(), text.end(),
                                 [](char c) { return (c >= ' ' && c < '\x7F') || c == '\n'; });
  if (!plain || text.size() > 4096 || text.find_first_of("!&*%\\|>@`?") != std::string::npos ||
      has(text, "<<") || has(text, "---") || has(text, "...") || !yaml.errors.empty()) {
    return 0;
  }
  OurShape ours;
  kaudit::read_yaml(std::make_shared<const kaudit::Source>("fuzz", text), limits, ours);
  std::string theirs;
  if (ours.failed || !their_shape(text, theirs)) return 0;
  require(ours.shape == theirs, "we agree with yaml-cpp", ours.shape, theirs);
  return 0;
}
