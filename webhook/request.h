// The envelope of an AdmissionReview: who asks, for what, and the object.
//
// Ownership: views and Values of the document that was decoded, which must outlive them.
// Thread-safety: pure functions, values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/document.h"
#include "core/exemption.h"

namespace kaudit {

enum class Operation : std::uint8_t { create, update, remove, connect };

struct Request {
  std::string_view review_version;  // admission.k8s.io/v1 or v1beta1, to be echoed
  std::string_view uid;
  Operation operation = Operation::create;
  std::string_view operation_name;        // as written
  std::string_view group, version, kind;  // of the object
  std::string_view resource_group, resource, subresource;
  std::string_view ns, name;
  bool dry_run = false;
  Requester requester;
  Value object, old_object;
};

// Fills `out`, whose memory is reused; else gives the sentence that says what is wrong. Strict, for
// an API server writes every envelope: no member twice, no other type than the API's.
[[nodiscard]] std::optional<std::string> decode(const Document& review, Request& out);

// What a denial needs of a review that is broken or cut off further on.
struct Envelope {
  std::string_view review_version;
  std::string_view uid;
};
// Reads tokens from the start until both are known or the text breaks; nothing when there is no uid
// of plain characters, or when it is not the review of a known version. Linear, no recursion.
[[nodiscard]] std::optional<Envelope> scan_envelope(std::string_view beginning);

}  // namespace kaudit
