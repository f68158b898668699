// Any bytes in every text of a finding, through every format and back: what is JSON parses and says
// what was found, and what people read holds nothing that acts on a terminal.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "core/report/escape.h"
#include "tests/fuzz/check.h"
#include "tests/report/samples.h"

namespace kaudit::fuzz {
namespace {

using Json = nlohmann::json;

// The input cut at NUL bytes, its pieces again and again.
class Texts {
 public:
  explicit Texts(std::string_view input) {
    while (true) {
      const std::size_t end = std::min(input.find('\0'), input.size());
      pieces_.emplace_back(input.substr(0, end));
      if (end == input.size()) break;
      input.remove_prefix(end + 1);
    }
  }
  const std::string& next() { return pieces_[taken_++ % pieces_.size()]; }
  [[nodiscard]] std::size_t size() const { return pieces_.size(); }

 private:
  std::vector<std::string> pieces_;
  std::size_t taken_ = 0;
};

FileReport report_of(Texts& texts) {
  FileReport file;
  file.file = texts.next();
  file.status = FileStatus::not_examined;
  file.reason = texts.next();
  for (auto* list : {&file.errors, &file.notes}) {
    Error error;
    error.message = texts.next();
    error.where.begin = {3, 7};
    list->push_back(std::move(error));
  }
  const std::size_t findings = std::min<std::size_t>(1 + texts.size() / 8, 20);
  for (std::size_t n = 0; n < findings; ++n) {
    Finding finding;
    finding.rule = all_rules()[(n * 7 + texts.next().size()) % all_rules().size()];
    finding.severity = finding.rule->severity;
    finding.profiles = finding.rule->profiles;
    finding.action = Action::warn;
    for (std::string* text :
         {&finding.kind, &finding.ns, &finding.name, &finding.container, &finding.template_name,
          &finding.field, &finding.message, &finding.fix, &finding.source_line,
          &finding.where.pointer, &finding.fingerprint}) {
      *text = texts.next();
    }
    finding.where.source = file.file;
    finding.where.begin = {static_cast<std::uint32_t>(n + 1), 2};
    finding.where.end = {static_cast<std::uint32_t>(n + 1), 4};
    finding.source_column = 1;
    finding.source_begin = 1;
    finding.source_end = 3;
    file.findings.push_back(std::move(finding));
  }
  return file;
}

// What is printable is kept to the letter.
bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c < '\x7f'; });
}

Json parsed(const std::string& text) {
  Json json = Json::parse(text, nullptr, false);
  require(!json.is_discarded(), "a report in JSON parses", text);
  return json;
}

void check_json(const testing::Sample& sample) {
  const FileReport& file = sample.files.front();
  const std::string text = render(Format::json, sample);
  require(text == render(Format::json, sample), "a report is the same each time", text);
  const Json json = parsed(text);
  require(json.at("findings").size() == file.findings.size(), "every finding is there", text);
  std::vector<std::string> wanted, got;
  for (const Finding& finding : file.findings) {
    if (is_plain(finding.message)) wanted.push_back(finding.message);
  }
  for (const Json& finding : json.at("findings")) {
    if (const std::string said = finding.at("message"); is_plain(said)) got.push_back(said);
  }
  std::ranges::sort(wanted);
  std::ranges::sort(got);
  require(std::ranges::includes(got, wanted), "what is printable is kept", text);
  const Json& entry = json.at("files").at(0);
  require(entry.at("errors").size() == 1 && entry.at("notes").size() == 1, "gaps are there", text);
  for (const Format format : {Format::sarif, Format::gitlab, Format::policyreport}) {
    (void)parsed(render(format, sample));
  }
}

void check_visible(const testing::Sample& sample) {
  for (const Format format : {Format::text, Format::markdown, Format::github, Format::csv,
                              Format::checklist, Format::prometheus, Format::junit, Format::html}) {
    const std::string text = render(format, sample);
    for (std::size_t at = 0; at < text.size();) {
      const char32_t c = next_code_point(text, at);
      const bool breaks = c == '\n' || (c == '\r' && format == Format::csv);
      require(breaks || (!is_hidden(c) && c != kNotACharacter), "what is shown is visible",
              std::string(name_of(format)), text.substr(at - std::min<std::size_t>(at, 80), 100));
    }
  }
}

}  // namespace
}  // namespace kaudit::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kaudit;
  fuzz::Texts texts({reinterpret_cast<const char*>(data), size});
  testing::Sample sample;
  sample.run.version = "1.2.3";
  sample.run.profile = "all";
  sample.files.push_back(fuzz::report_of(texts));
  fuzz::check_json(sample);
  fuzz::check_visible(sample);
  return 0;
}
