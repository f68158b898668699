#include "webhook/answer.h"

#include "core/report/json_writer.h"

namespace kaudit {
namespace {

// Appends to text that is JSON so far: names are ours, values are anybody's.
class Json {
 public:
  explicit Json(std::string& out) : out_(out) {}

  void raw(std::string_view text) { out_ += text; }
  void member(std::string_view name, std::string_view value) {
    separate();
    out_.append("\"").append(name).append("\":");
    append_json_string(out_, value);
  }
  void member(std::string_view name, int value) {
    separate();
    out_.append("\"").append(name).append("\":").append(std::to_string(value));
  }
  void open(std::string_view name, char bracket) {
    separate();
    out_.append("\"").append(name).append("\":") += bracket;
  }
  void element(std::string_view value) {
    separate();
    append_json_string(out_, value);
  }
  void separate() {
    if (out_.back() != '{' && out_.back() != '[') out_ += ',';
  }

 private:
  std::string& out_;
};

void write_failure(Json& json, int code, std::string_view reason, std::string_view message) {
  json.member("status", "Failure");
  json.member("message", message);
  json.member("reason", reason);
  json.member("code", code);
}

void write_denial(Json& json, const Denial& denial) {
  json.open("status", '{');
  write_failure(json, denial.code, denial.reason, denial.message);
  json.open("details", '{');
  if (!denial.name.empty()) json.member("name", denial.name);
  if (!denial.group.empty()) json.member("group", denial.group);
  if (!denial.resource.empty()) json.member("kind", denial.resource);
  if (!denial.uid.empty()) json.member("uid", denial.uid);
  if (!denial.causes.empty()) {
    json.open("causes", '[');
    for (const Cause& cause : denial.causes) {
      json.separate();
      json.raw("{");
      json.member("reason", "FieldValueForbidden");
      json.member("message", cause.message);
      if (!cause.field.empty()) json.member("field", cause.field);
      json.raw("}");
    }
    json.raw("]");
  }
  json.raw("}}");
}

}  // namespace

std::string write_review(const Response& response) {
  constexpr std::size_t kAllowed = 256;
  constexpr std::size_t kDenied = 4096;
  std::string out;
  out.reserve(response.denial == nullptr && response.warnings.empty() ? kAllowed : kDenied);
  Json json(out);
  json.raw("{");
  json.member("kind", "AdmissionReview");
  json.member("apiVersion", response.review_version);
  json.open("response", '{');
  json.member("uid", response.uid);
  json.raw(response.denial == nullptr ? ",\"allowed\":true" : ",\"allowed\":false");
  if (response.denial != nullptr) write_denial(json, *response.denial);
  if (!response.annotations.empty()) {
    json.open("auditAnnotations", '{');
    for (const Annotation& each : response.annotations) json.member(each.key, each.value);
    json.raw("}");
  }
  if (!response.warnings.empty()) {
    json.open("warnings", '[');
    for (const std::string& warning : response.warnings) json.element(warning);
    json.raw("]");
  }
  json.raw("}}");
  return out;
}

std::string write_status(int code, std::string_view reason, std::string_view message) {
  std::string out;
  Json json(out);
  json.raw("{");
  json.member("kind", "Status");
  json.member("apiVersion", "v1");
  write_failure(json, code, reason, message);
  json.raw("}");
  return out;
}

}  // namespace kaudit
