#include <string>

#include "manifests/load.h"
#include "manifests/read/read.h"

namespace kaudit {
namespace read {

std::size_t skip_blank(std::string_view text, std::size_t from) noexcept {
  if (from == 0 && text.starts_with(kByteOrderMark)) from = kByteOrderMark.size();
  const std::size_t at = text.find_first_not_of(" \t\r\n", from);
  return at == std::string_view::npos ? text.size() : at;
}

std::optional<Error> check_size(const Source& source, const Limits& limits) {
  if (source.text().size() <= limits.bytes) return std::nullopt;
  return Error{ErrorCode::too_large,
               "the text has " + std::to_string(source.text().size()) +
                   " bytes, more than the limit of " + std::to_string(limits.bytes),
               Location{source.name(), "", {}, {}}};
}

}  // namespace read

namespace {

// Passes everything on; where the first thing is an error it is replaced by another reader's.
class FirstErrorReplaced : public DocumentVisitor {
 public:
  FirstErrorReplaced(DocumentVisitor& to, Error error) : to_(to), error_(std::move(error)) {}
  void document(const Document& document) override {
    error_.reset();
    to_.document(document);
  }
  void error(Error error) override {
    const bool replace = error_.has_value() && error.code == ErrorCode::malformed;
    to_.error(replace ? std::move(*error_) : std::move(error));
    error_.reset();
  }

 private:
  DocumentVisitor& to_;
  std::optional<Error> error_;
};

// What follows a JSON value and is read as YAML: junk would pass for text, so that is an error.
class CollectionsOnly : public DocumentVisitor {
 public:
  CollectionsOnly(DocumentVisitor& to, Error error) : to_(to), error_(std::move(error)) {}
  void document(const Document& document) override {
    const Kind kind = document.root().kind();
    if (kind == Kind::object || kind == Kind::array || kind == Kind::null) {
      to_.document(document);
    } else {
      to_.error(error_);
    }
  }
  void error(Error error) override { to_.error(std::move(error)); }

 private:
  DocumentVisitor& to_;
  Error error_;
};

// `{"` or `{}`: whoever wrote this meant JSON, so JSON's message helps more than YAML's.
bool meant_as_json(std::string_view text, std::size_t brace) noexcept {
  const std::size_t next = read::skip_blank(text, brace + 1);
  return next < text.size() && (text[next] == '"' || text[next] == '}');
}

}  // namespace

// As kubectl (k8s.io/apimachinery, pkg/util/yaml: YAMLOrJSONDecoder): a text that starts with `{`
// is a stream of JSON values; where the first of them fails the whole text is YAML, and where the
// second fails the rest is.
void read_manifest(const std::shared_ptr<const Source>& source, const Limits& limits,
                   DocumentVisitor& visitor) {
  const std::string_view text = source->text();
  const std::size_t begin = read::skip_blank(text, 0);
  if (begin == text.size() || text[begin] != '{' || text.size() > limits.bytes) {
    read_yaml(source, limits, visitor);
    return;
  }
  read::JsonPrefix json = read::json_prefix(source, limits, visitor);
  if (!json.error) return;
  if (json.values == 0) {
    if (!meant_as_json(text, begin)) {
      read_yaml(source, limits, visitor);
      return;
    }
    FirstErrorReplaced as_yaml(visitor, std::move(*json.error));
    read_yaml(source, limits, as_yaml);
    return;
  }
  if (json.values == 1 && json.error->code == ErrorCode::malformed) {
    CollectionsOnly rest(visitor, std::move(*json.error));
    read::yaml_from(json.end, source, limits, rest);
    return;
  }
  visitor.error(std::move(*json.error));
}

}  // namespace kaudit
