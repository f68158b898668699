// Reports made by hand: an ordinary one, none, and ones full of hostile text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/report/report.h"

namespace kaudit::testing {

struct Sample {
  std::string name;
  std::vector<FileReport> files;
  RunInfo run = {};
};

inline constexpr Format kFormats[] = {
    Format::text,         Format::json,     Format::sarif, Format::junit,     Format::github,
    Format::gitlab,       Format::markdown, Format::csv,   Format::checklist, Format::prometheus,
    Format::policyreport, Format::html,     Format::dot,   Format::mermaid};

[[nodiscard]] Sample shop_sample();
[[nodiscard]] Sample empty_sample();
// As shop_sample(), and how exposed its objects are; one finding is beyond --top.
[[nodiscard]] Sample ranked_sample();
// Findings that a policy lets pass, beside one that it does not.
[[nodiscard]] Sample exempted_sample();
// Every text is something that someone would like to have obeyed.
[[nodiscard]] Sample hostile_sample();
// Random bytes in every text, random places; the same for the same seed.
[[nodiscard]] Sample random_sample(unsigned seed);
// That many findings, in files of ten.
[[nodiscard]] Sample large_sample(std::size_t findings);

[[nodiscard]] std::string render(Format format, const Sample& sample,
                                 const ReportOptions& options = {});

}  // namespace kaudit::testing
