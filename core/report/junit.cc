// JUnit's XML, as Jenkins and GitLab read it: a suite a file, a case for each rule that an object
// breaks. What --fail-on counts fails; the rest is skipped with its message, so that it is seen and
// breaks no build. What could not be examined is an error; what was not followed, which is no
// failure, is the suite's output.
#include <map>
#include <utility>

#include "core/report/entries.h"
#include "core/report/escape.h"

namespace kaudit {
namespace {

class JunitReporter final : public BufferedReporter {
 public:
  using BufferedReporter::BufferedReporter;

  void begin(const RunInfo& run) override {
    run_ = run;
    out_ += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"kaudit\">\n";
  }

  void file(const FileReport& file) override {
    const std::vector<Case> cases = cases_of(file);
    std::size_t failures = 0;
    for (const Case& one : cases) failures += one.fails ? 1 : 0;
    std::size_t errors = 0;
    for_each_gap(file, [&](Mark, std::string_view) { ++errors; });
    const bool empty = cases.empty() && errors == 0;
    const bool nothing = file.status == FileStatus::nothing_to_judge;
    out_ += "  <testsuite";
    attribute("name", file.file);
    attribute("tests", std::to_string(cases.size() + errors + (empty ? 1 : 0)));
    attribute("failures", std::to_string(failures));
    attribute("errors", std::to_string(errors));
    attribute("skipped", std::to_string(cases.size() - failures + (empty && nothing ? 1 : 0)));
    out_ += ">\n";
    for (const Case& one : cases) write(file, one);
    std::size_t number = 0;
    for_each_gap(file, [&](Mark at, std::string_view message) {
      open_case(file.file, "not examined #" + std::to_string(++number));
      out_ += ">\n      <error";
      attribute("message", message);
      attribute("type", "not-examined");
      out_ += '>';
      append_xml(out_, place_of(file.file, at));
      out_ += "</error>\n    </testcase>\n";
    });
    if (empty) {
      open_case(file.file, nothing ? "nothing to judge" : "no finding");
      if (nothing) {
        out_ += ">\n      <skipped";
        attribute("message", file.reason);
        out_ += "/>\n    </testcase>\n";
      } else {
        out_ += "/>\n";
      }
    }
    write_notes(file);
    out_ += "  </testsuite>\n";
    flush();
  }

  void end(const Summary&) override {
    out_ += "</testsuites>\n";
    flush();
  }

 private:
  // The findings of one rule in one object.
  struct Case {
    std::vector<const Finding*> findings;
    bool fails = false;
  };

  [[nodiscard]] std::vector<Case> cases_of(const FileReport& file) const {
    std::vector<Case> cases;
    std::map<std::pair<std::uint32_t, const Rule*>, std::size_t> index;
    for (const Entry& entry : entries_of(file)) {
      const auto [found, is_new] =
          index.try_emplace({entry.object, entry.finding->rule}, cases.size());
      if (is_new) cases.emplace_back();
      Case& one = cases[found->second];
      one.findings.push_back(entry.finding);
      if (run_.fail_on_set && run_.fails(*entry.finding)) one.fails = true;
    }
    return cases;
  }

  void write(const FileReport& file, const Case& one) {
    const Finding& first = *one.findings.front();
    open_case(file.file, std::string(first.rule->slug) + ": " + object_of(first));
    out_ += one.fails ? ">\n      <failure" : ">\n      <skipped";
    attribute("message", first.message);
    if (one.fails) attribute("type", name_of(first.severity));
    out_ += '>';
    for (const Finding* finding : one.findings) {
      append_xml(out_, place_of(file_of(file, *finding), finding->where.begin));
      out_.append(": ").append(name_of(finding->severity)).append(": ");
      append_xml(out_, finding->message);
      out_ += "\nFix: ";
      append_xml(out_, finding->fix);
      if (const std::string rank = rank_of(*finding); !rank.empty()) {
        out_ += "\nRank: ";
        append_xml(out_, rank);
      }
      out_ += '\n';
    }
    out_ += one.fails ? "</failure>\n" : "</skipped>\n";
    out_ += "    </testcase>\n";
  }

  void write_notes(const FileReport& file) {
    if (file.notes.empty()) return;
    out_ += "    <system-out>";
    for_each_note(file, [&](Mark at, std::string_view message) {
      out_ += "Not followed: ";
      append_xml(out_, place_of(file.file, at) + ": " + std::string(message));
      out_ += '\n';
    });
    out_ += "</system-out>\n";
  }

  void open_case(std::string_view file, std::string_view name) {
    out_ += "    <testcase";
    attribute("name", name);
    attribute("classname", file);
    attribute("file", file);
  }
  void attribute(std::string_view name, std::string_view value) {
    out_.append(" ").append(name).append("=\"");
    append_xml(out_, value);
    out_ += '"';
  }

  RunInfo run_;
};

}  // namespace

std::unique_ptr<Reporter> make_junit(Output& out) { return std::make_unique<JunitReporter>(out); }

}  // namespace kaudit
