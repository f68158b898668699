#include "manifests/cli/diff_command.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/report/diff.h"
#include "manifests/cli/audit_command.h"
#include "manifests/cli/destination.h"
#include "manifests/cli/effective_policy.h"
#include "manifests/cli/exit_code.h"
#include "manifests/cli/files.h"
#include "manifests/cli/git.h"
#include "manifests/cli/report_file.h"
#include "manifests/cli/scratch.h"
#include "manifests/policy/arguments.h"
#include "manifests/policy/config.h"

namespace kaudit {
namespace {

namespace fs = std::filesystem;

// OLD or NEW.
struct Side {
  std::string operand;
  std::optional<Snapshot> report;    // read from a report
  std::optional<Revision> revision;  // of git
  std::string directory;             // of a revision: where it was written
  std::string path;                  // to audit, from here or from `directory`
};

Error failure(const Side& side, Error error) {
  if (error.where.source.empty()) error.where.source = side.operand;
  return error;
}

Result<Side> report_side(Side side, Result<std::string> text) {
  if (!text) return failure(side, std::move(text).error());
  auto report = read_report(side.operand, *std::move(text));
  if (!report) return std::move(report).error();
  side.report = *std::move(report);
  return side;
}

// A regular file: a report, or to be audited. Its beginning tells, so that it may be an archive of
// any size.
Result<Side> file_side(Side side, std::size_t max_file_size) {
  const Fd fd(::open(side.operand.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) return failure(side, io_error(errno));
  auto begin = read_begin(fd.get(), kReportPeek, true);
  if (!begin) return failure(side, std::move(begin).error());
  if (!looks_like_report(*begin)) return side;
  return report_side(std::move(side), read_regular(fd.get(), max_file_size));
}

// What the operand means: a path counts before a revision of the same name, unless --git says that
// both are revisions.
Result<Side> side_of(const std::string& operand, const Options& options) {
  Side side;
  side.operand = side.path = operand;
  if (operand == "-") {
    side.operand = std::string(kStandardInput);
    auto text = read_stream(STDIN_FILENO, options.max_file_size);
    if (text && !looks_like_report(*text)) {
      return failure(side, {ErrorCode::unsupported, "no report of kaudit --format json", {}});
    }
    return report_side(std::move(side), std::move(text));
  }
  std::error_code error;
  const fs::file_status status = fs::status(operand, error);
  if (!options.git && fs::exists(status)) {
    if (!fs::is_regular_file(status)) return side;
    return file_side(std::move(side), options.max_file_size);
  }
  auto revision = find_revision(operand);
  if (!revision) {
    Error problem = std::move(revision).error();
    if (!options.git)
      problem.message = "no such file or directory; as a revision: " + problem.message;
    return failure(side, std::move(problem));
  }
  side.path = revision->path.empty() ? "." : revision->path;
  side.revision = *std::move(revision);
  return side;
}

// The nearest configuration at or above the path, within the revision.
std::string config_of_revision(const Side& side) {
  fs::path at = fs::path(side.path);
  while (true) {
    const fs::path candidate = fs::path(side.directory) / at / kConfigName;
    std::error_code error;
    if (fs::is_regular_file(fs::symlink_status(candidate, error))) return candidate.string();
    if (at.empty() || at == ".") return {};
    at = at.parent_path();
  }
}

class Comparison {
 public:
  Comparison(const Options& options, Messages& messages, const std::string& scratch)
      : options_(options), messages_(messages), scratch_(scratch) {}

  int run() {
    auto before = side_of(options_.operands[0], options_);
    if (!before) return fail(before.error());
    auto after = side_of(options_.operands[1], options_);
    if (!after) return fail(after.error());
    for (Side* side : {&*before, &*after}) {
      if (const auto ready = write_revision(*side); !ready) return fail(ready.error());
    }
    // One policy for both, so that a change of it is no change of what is judged.
    choose_config(!after->report ? *after : *before);
    const bool by_root = !before->report && !after->report;
    const auto old_snapshot = snapshot_of(*before, by_root);
    const auto new_snapshot = snapshot_of(*after, by_root);
    if (!old_snapshot || !new_snapshot) return kExitTrouble;
    return report(*old_snapshot, *new_snapshot);
  }

 private:
  int fail(const Error& error) {
    messages_.error(to_string(error));
    return kExitTrouble;
  }

  Result<bool> write_revision(Side& side) {
    if (!side.revision) return true;
    side.directory = scratch_ + "/" + std::to_string(++written_);
    std::error_code error;
    fs::create_directory(side.directory, error);
    if (error) return failure(side, io_error(error.value()));
    auto done = check_out(*side.revision, side.directory);
    if (!done) return failure(side, std::move(done).error());
    if (!fs::exists(fs::symlink_status(fs::path(side.directory) / side.path, error))) {
      return failure(side, {ErrorCode::not_found, "no such path in that revision", {}});
    }
    return true;
  }

  void choose_config(const Side& side) {
    if (!options_.use_config || side.report) return;
    std::string file = options_.config;
    if (file.empty()) {
      std::error_code error;
      const std::string path = clean_path(side.path);
      const bool directory = fs::is_directory(path, error);
      file = side.revision ? config_of_revision(side)
             : directory   ? find_config(path)
                           : find_config(fs::path(path).parent_path().empty()
                                             ? "."
                                             : fs::path(path).parent_path().string());
    }
    std::error_code error;
    if (!file.empty()) options_.config = fs::absolute(file, error).string();
    options_.use_config = !file.empty();
  }

  // Audits what is no report, by way of one: a report says all that is compared.
  std::optional<Snapshot> snapshot_of(Side& side, bool by_root) {
    if (side.report) return std::move(side.report);
    std::optional<Snapshot> snapshot;
    const auto audit = [&]() -> Result<bool> {
      std::optional<WorkingDirectory> inside;
      if (side.revision) {
        auto entered = WorkingDirectory::enter(side.directory);
        if (!entered) return failure(side, std::move(entered).error());
        inside.emplace(*std::move(entered));
      }
      Options asked = options_;
      asked.command = Command::audit;
      asked.operands = {side.path};
      asked.outputs = {};
      const Inputs inputs = inputs_of(asked, {scratch_});
      if (inputs.files.empty()) {  // a side may be empty: all of the other is new, or gone
        snapshot.emplace();
        return true;
      }
      const std::string file = scratch_ + "/report.json";
      asked.outputs = {{Format::json, file}};
      asked.quiet = true;
      Messages quiet(true, false);
      (void)run_audit(asked, inputs, quiet);  // what it could not examine stands in the report
      const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
      if (fd.get() < 0) return failure(side, {ErrorCode::io, "was not examined", {}});
      auto text = read_stream(fd.get(), kLargestReport);
      if (!text) return failure(side, std::move(text).error());
      auto read = read_report(file, *std::move(text));
      if (!read) return std::move(read).error();
      snapshot.emplace(*std::move(read));
      std::error_code error;
      fs::remove(file, error);
      if (by_root) name_below(clean_path(side.path), *snapshot);
      return true;
    };
    if (const auto done = audit(); !done) {
      fail(done.error());
      return std::nullopt;
    }
    snapshot->name = side.operand;
    return snapshot;
  }

  // Names from the root of what was asked for: `old/web.yaml` and `new/web.yaml` are the same file.
  static void name_below(const std::string& root, Snapshot& snapshot) {
    const auto below = [&](const std::string& file) {
      if (file == root) return std::string();
      return file.starts_with(root + "/") ? file.substr(root.size() + 1) : file;
    };
    for (ReportedFinding& finding : snapshot.findings) finding.below = below(finding.file);
    std::map<std::string, bool> files;
    for (const auto& [file, examined] : snapshot.files) files[below(file)] = examined;
    snapshot.files = std::move(files);
  }

  int report(const Snapshot& before, const Snapshot& after) {
    const auto policy = effective_policy(options_, messages_);
    if (!policy) return fail(policy.error());
    const FailOn fail_on = policy->fail_on.value_or(FailOn{});
    const Diff diff = compare(before, after);
    DiffRun run{KAUDIT_VERSION, fail_on.severity, fail_on.priority, fail_on.set, false};
    bool trouble = !before.gaps.empty() || !after.gaps.empty();
    if (before.files.empty() && after.files.empty()) {
      messages_.error("nothing to compare: neither of the two holds a file to examine");
      trouble = true;
    }
    for (const OutputSpec& spec : options_.outputs) {
      auto destination = Destination::open(spec.path);
      if (!destination) {
        messages_.error(destination.error().message);
        trouble = true;
        continue;
      }
      Destination& out = **destination;
      run.colour = wants_colour(options_.colour, spec.path.empty() && out.is_terminal());
      if (!write_diff(spec.format, before, after, diff, run, out)) {
        messages_.error("`kaudit diff` writes text, json or markdown");
        return kExitTrouble;
      }
      if (const auto committed = out.commit(); !committed) {
        if (!out.unread()) messages_.error(committed.error().message);
        trouble = true;
      }
    }
    if (trouble) return kExitTrouble;
    return at_or_above(diff, run) != 0 ? kExitFindings : kExitFine;
  }

  static constexpr std::size_t kLargestReport = std::size_t{4} << 30;  // our own, of this run

  Options options_;
  Messages& messages_;
  std::string scratch_;
  int written_ = 0;
};

}  // namespace

int run_diff(const Options& options, Messages& messages) {
  const auto scratch = ScratchDirectory::make();
  if (!scratch) {
    messages.error("no temporary directory: " + scratch.error().message);
    return kExitTrouble;
  }
  return Comparison(options, messages, (*scratch)->path()).run();
}

}  // namespace kaudit
