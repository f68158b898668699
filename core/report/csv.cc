// CSV as in RFC 4180: a header, CRLF, one record a finding; then what was not examined, as records
// of the rule `not-examined`.
#include "core/report/entries.h"
#include "core/report/escape.h"

namespace kaudit {
namespace {

constexpr std::string_view kHeader =
    "severity,rule,id,action,profiles,surface,file,line,column,end_line,end_column,kind,namespace,"
    "name,container,pointer,message,fix,fingerprint,priority,exposure,reason\r\n";

class CsvReporter final : public BufferedReporter {
 public:
  using BufferedReporter::BufferedReporter;

  void begin(const RunInfo&) override { out_ += kHeader; }

  void file(const FileReport& file) override {
    for (const Entry& entry : entries_of(file)) {
      const Finding& finding = *entry.finding;
      std::string profiles;
      for_each_profile(finding.profiles, [&](std::string_view name) {
        if (!profiles.empty()) profiles += ' ';
        profiles += name;
      });
      text(name_of(finding.severity));
      text(finding.rule->slug);
      text(finding.rule->id);
      text(name_of(finding.action));
      text(profiles);
      text(name_of(finding.surface));
      text(file_of(file, finding));
      place(finding.where.begin, finding.where.end);
      text(finding.kind);
      text(finding.ns);
      text(finding.name);
      text(finding.container);
      text(finding.where.pointer);
      text(finding.message);
      text(finding.fix);
      text(unique_fingerprint(entry));
      const Exposure* exposure = finding.exposure.get();
      text(exposure == nullptr ? std::string() : std::to_string(finding.priority));
      text(exposure == nullptr ? std::string_view() : name_of(exposure->level));
      text(exposure == nullptr ? std::string() : reason_of(*exposure));
      end_record();
    }
    const auto write = [&](std::string_view what, Mark at, std::string_view message) {
      text({});
      text(what);
      for (int i = 0; i < 3; ++i) text({});
      text(name_of(file.surface));
      text(file.file);
      place(at, {});
      for (int i = 0; i < 5; ++i) text({});
      text(message);
      for (int i = 0; i < 5; ++i) text({});
      end_record();
    };
    for_each_gap(file, [&](Mark at, std::string_view m) { write("not-examined", at, m); });
    for_each_note(file, [&](Mark at, std::string_view m) { write("not-followed", at, m); });
    flush();
  }

  void end(const Summary&) override { flush(); }

 private:
  void text(std::string_view field) {
    append_csv_field(out_, field);
    out_ += ',';
  }
  void place(Mark begin, Mark end) {
    for (const std::uint32_t number : {begin.line, begin.column, end.line, end.column}) {
      text(number == 0 ? std::string() : std::to_string(number));
    }
  }
  void end_record() {
    out_.back() = '\r';
    out_ += '\n';
  }
};

}  // namespace

std::unique_ptr<Reporter> make_csv(Output& out) { return std::make_unique<CsvReporter>(out); }

}  // namespace kaudit
