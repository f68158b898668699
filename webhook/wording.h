// What an answer says, within the limits of Kubernetes' API and of a person's patience.
//
// Every text here is visible UTF-8: no control character (Kubernetes drops a warning that has one),
// nothing that acts on a terminal. Lengths count code points unless they say bytes.
// Thread-safety: pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/engine.h"
#include "webhook/judge.h"

namespace kaudit {

// The message of a denial: kubectl prints it on one line.
inline constexpr std::size_t kMessageLength = 1024;
// admission/v1: "limit warnings to 120 characters if possible"; over 4,096 in all they are cut.
inline constexpr std::size_t kWarningLength = 120;
inline constexpr std::size_t kWarningsLength = 4096;
// Ours: an audit log is not a report.
inline constexpr std::size_t kAnnotationBytes = 512;
inline constexpr std::size_t kMostCauses = 64;

[[nodiscard]] std::size_t length_of(std::string_view utf8) noexcept;

// `Pod "shop"`, by kind and name of the object or, where they are empty, of the request.
[[nodiscard]] std::string subject_of(std::string_view kind, std::string_view name);

using FindingList = std::vector<const Finding*>;
// The worst first, else in their order.
void sort_by_severity(FindingList& findings);

// All that follows takes findings in that order. The message names each with rule, field, value
// found, value wanted and fix, by container; for lack of room the least severe ones with rule and
// field only, and then the last ones as `+N more`.
[[nodiscard]] std::string denial_message(std::string_view subject,
                                         std::span<const Finding* const> findings);
[[nodiscard]] std::string trouble_message(std::string_view subject, const Judgement& judgement);
[[nodiscard]] std::vector<std::string> warnings_of(const std::vector<std::string>& notes,
                                                   std::span<const Finding* const> findings);
// `privileged-container spec.containers[0].securityContext.privileged; …; +N more`
[[nodiscard]] std::string annotation_of(std::span<const Finding* const> findings);

struct Cause {
  std::string message;
  std::string field;
};
[[nodiscard]] std::vector<Cause> causes_of(std::span<const Finding* const> findings);
[[nodiscard]] std::vector<Cause> causes_of(const Judgement& judgement);

// At most `length` code points of the text made visible, with an ellipsis where it was cut.
[[nodiscard]] std::string clipped(std::string_view text, std::size_t length);

}  // namespace kaudit
