// Writes answers: an AdmissionReview with a response and no request, or a Status.
//
// Thread-safety: pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "webhook/wording.h"

namespace kaudit {

struct Annotation {
  std::string_view key;  // `[a-z-]+`: the API server puts the webhook's name before it
  std::string value;
};

// The object of a denial, as Kubernetes' StatusDetails has it: `resource` is its `kind`.
struct Denial {
  int code = 403;
  std::string_view reason = "Forbidden";
  std::string message;
  std::vector<Cause> causes = {};
  std::string_view name = {}, group = {}, resource = {}, uid = {};
};

struct Response {
  std::string_view review_version, uid;
  const Denial* denial = nullptr;  // null: allowed
  std::vector<std::string> warnings = {};
  std::vector<Annotation> annotations = {};
};

[[nodiscard]] std::string write_review(const Response& response);
// A failure of HTTP, as Kubernetes' own servers word it.
[[nodiscard]] std::string write_status(int code, std::string_view reason, std::string_view message);

}  // namespace kaudit
