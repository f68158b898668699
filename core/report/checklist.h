// The hardening checklist: eleven sentences that should be true of every service and image. Ten are
// answered by rules, the last by reports of vulnerability scanners.
//
// Ownership: answers point into the FileReport. Thread-safety: const data, pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/report/report.h"

namespace kaudit {

struct ChecklistItem {
  std::string_view title;
  std::array<std::string_view, 3> slugs;  // of rules; unused places are empty
  std::array<Surface, 3> surfaces;        // on which it can be asked; unused places hold 0
  bool (*applies)(const ChecklistSubject&) = nullptr;  // null: to every subject
};
inline constexpr std::size_t kChecklistItems = 11;
[[nodiscard]] const std::array<ChecklistItem, kChecklistItems>& checklist() noexcept;

struct ChecklistAnswer {
  enum class State : std::uint8_t { pass, fail, not_applicable, not_examined };
  State state = State::pass;
  const Finding* evidence = nullptr;  // of fail: the first finding; of pass: one that is exempted
  std::size_t more = 0;               // findings besides
  std::string note;                   // what there is to say without a finding
};
[[nodiscard]] std::string_view name_of(ChecklistAnswer::State state) noexcept;

using ChecklistAnswers = std::array<ChecklistAnswer, kChecklistItems>;

// The answers about what is in one file, which must outlive it. Time: linear in its findings, and
// for a subject constant.
class Checklist {
 public:
  explicit Checklist(const FileReport& file);
  [[nodiscard]] ChecklistAnswers answers(const ChecklistSubject& subject, const RunInfo& run) const;

 private:
  struct Found {
    const Finding* first = nullptr;
    const Finding* exempted = nullptr;
    std::size_t count = 0;  // without the exempted ones
  };
  using OfSubject = std::array<Found, kChecklistItems>;

  static std::string key(Surface surface, std::string_view kind, std::string_view ns,
                         std::string_view name);
  static ChecklistAnswer judged(const Found& found, const ChecklistItem& item,
                                const ChecklistSubject& subject, const RunInfo& run);

  std::unordered_map<std::string, OfSubject> found_;
};

}  // namespace kaudit
