#include "manifests/cli/audit_command.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/report/fold.h"
#include "core/report/ranking.h"
#include "manifests/cli/archives.h"
#include "manifests/cli/audit.h"
#include "manifests/cli/destination.h"
#include "manifests/cli/effective_policy.h"
#include "manifests/cli/exemption_uses.h"
#include "manifests/cli/exit_code.h"
#include "manifests/cli/pool.h"
#include "manifests/cli/scan_report.h"

namespace kaudit {
namespace {

std::string counted(std::size_t number, std::string_view noun) {
  return std::to_string(number) + " " + std::string(noun) + (number == 1 ? "" : "s");
}

// One report under way.
struct Report {
  std::unique_ptr<Destination> destination;
  std::unique_ptr<Reporter> reporter;
};

class Run {
 public:
  Run(const Options& options, const Policy& policy, Messages& messages)
      : options_(options),
        policy_(policy),
        messages_(messages),
        fail_on_(policy.fail_on.value_or(FailOn{})) {}

  // `found`: null where it is still to be looked for.
  int run(const Inputs* found) {
    if (fail_on_.priority != 0 && options_.order == Order::file) {
      messages_.error("--fail-on priority:N needs --order priority");
      return kExitTrouble;
    }
    if (options_.top != 0 && options_.order == Order::file) {
      messages_.error("--top needs --order priority");
      return kExitTrouble;
    }
    const bool draws = std::ranges::any_of(options_.outputs, [](const OutputSpec& output) {
      return output.format == Format::dot || output.format == Format::mermaid;
    });
    if (draws && options_.order == Order::file) {
      messages_.error("--format dot and mermaid need --order priority");
      return kExitTrouble;
    }
    const bool ranks = options_.order == Order::priority;
    PlanOptions plan_options = policy_.plan_options();
    plan_options.ranks = ranks;
    const Plan plan(std::move(plan_options));
    if (plan.rules().empty()) {
      messages_.error(std::string("no rule is left by --include, --exclude, --kube-version") +
                      (ranks ? " and the configuration" : ", --order file and the configuration"));
      return kExitTrouble;
    }
    open_reports();
    if (reports_.empty()) return kExitTrouble;
    const std::vector<std::string> paths = paths_of(options_);
    const Inputs inputs = found != nullptr ? *found : inputs_of(options_);
    for (const std::string& sentence : inputs.skipped) messages_.detail(sentence);

    read_scans();
    BuiltImages built = BuiltImages::gather(inputs, options_.max_file_size);
    const bool by_object = inputs.files.size() == 1;
    const Shard shard_of_objects = by_object ? options_.shard : Shard();
    const std::vector<const Input*> files = chosen(inputs, by_object ? Shard() : options_.shard);
    begin_reports(plan);
    ExemptionUses uses(plan.exemptions(), ranks);
    const std::string policy_file = policy_.source != nullptr ? policy_.source->name() : "";
    const auto make_examiner = [&] {
      auto examiner = std::make_unique<Examiner>(plan, policy_.pod_templates, inputs, built,
                                                 options_.max_file_size);
      examiner->take_only(shard_of_objects);
      examiner->limit_images(options_.max_image_size);
      return examiner;
    };
    ExaminedArchives archives =
        examine_archives(files, jobs_of(options_), make_examiner, messages_);
    BuiltImages::find_dockerfiles(inputs, options_.max_file_size, archives.shipped);
    for (const ShippedImage& image : archives.shipped) built.add(image);
    ExposureFacts exposure;
    std::vector<FileReport> waiting;      // to be ranked
    std::optional<FileReport> of_policy;  // waits for what is to be said of its exemptions
    in_order<FileReport>(
        files.size(), jobs_of(options_),
        [&] {
          std::shared_ptr<Examiner> examiner = make_examiner();
          if (wants_subjects_) examiner->collect_subjects();
          if (ranks) examiner->collect_exposure();
          return [examiner, &files, &archives](std::size_t i) {
            std::optional<FileReport>& archive = archives.reports[i];
            return archive ? *std::move(archive) : examiner->examine(*files[i]);
          };
        },
        [&](std::size_t i, FileReport&& report) {
          const bool is_policy =
              report.status == FileStatus::nothing_to_judge && report.file == policy_file;
          bool go_on = true;
          if (is_policy) {
            of_policy = std::move(report);
          } else if (ranks) {
            append(exposure, std::move(report.exposure));
            waiting.push_back(std::move(report));
          } else {
            uses.count(report);
            go_on = take(report);
          }
          messages_.progress(i + 1, files.size());
          return go_on;
        });
    messages_.clear_progress();
    if (ranks) take_ranked(std::move(waiting), std::move(exposure), uses);
    const bool whole =
        summary_.not_examined == 0 && options_.shard.whole() && covers_policy(paths, policy_);
    if (auto problems = uses.problems(policy_, whole)) of_policy = std::move(problems);
    if (of_policy && !gave_up_) take(*of_policy);
    const bool nothing_read = summary_.not_examined == 0 && !read_something_ && !gave_up_;
    if (inputs.files.empty() || (nothing_read && options_.shard.whole())) {
      trouble(nothing_found(paths, inputs));
    }
    end_reports();
    return exit_code();
  }

 private:
  void trouble(std::string_view sentence) {
    messages_.error(sentence);
    trouble_ = true;
  }

  static std::vector<const Input*> chosen(const Inputs& inputs, Shard shard) {
    std::vector<const Input*> files;
    for (const Input& input : inputs.files) {
      if (shard.takes(input.path)) files.push_back(&input);
    }
    return files;
  }

  void read_scans() {
    for (const std::string& argument : options_.scan_reports) {
      auto scan = read_scan_report(argument, options_.max_file_size);
      if (scan) {
        scans_.push_back(*std::move(scan));
      } else {
        trouble(to_string(scan.error()));
      }
    }
  }

  void open_reports() {
    for (const OutputSpec& output : options_.outputs) {
      auto destination = Destination::open(output.path);
      if (!destination) {
        trouble(destination.error().message);
        continue;
      }
      Report report{*std::move(destination), nullptr};
      ReportOptions style;
      style.verbose = options_.verbose;
      style.show_exempted = options_.show_exempted;
      style.width = report.destination->columns();
      style.colour =
          output.format == Format::text &&
          wants_colour(options_.colour, output.path.empty() && report.destination->is_terminal());
      report.reporter = make_reporter(output.format, style, *report.destination);
      wants_subjects_ = wants_subjects_ || wants_subjects(output.format);
      const bool shown = output.format == Format::text && output.path.empty();
      text_is_shown_ = text_is_shown_ || shown;
      text_is_on_terminal_ = text_is_on_terminal_ || (shown && report.destination->is_terminal());
      reports_.push_back(std::move(report));
    }
  }

  void begin_reports(const Plan& plan) {
    RunInfo info;
    info.version = KAUDIT_VERSION;
    info.profile = policy_.profile.value_or("all");
    info.minor = policy_.minor.value_or(kNewestMinor);
    info.exempts = !policy_.exemptions.empty() || policy_.annotations.value_or(false);
    info.today = plan.terms().today;
    for (const Rule* rule : all_rules()) {
      if (!plan.reports(*rule)) info.silent.push_back(rule);
    }
    info.scans = scans_;
    info.fail_on = fail_on_.severity;
    info.fail_on_priority = fail_on_.priority;
    info.fail_on_set = fail_on_.set;
    run_info_ = info;
    for (Report& report : reports_) report.reporter->begin(info);
  }

  // The file with the most urgent finding first; those without any in the order of files.
  void take_ranked(std::vector<FileReport> files, ExposureFacts facts, ExemptionUses& uses) {
    const ExposureGraph graph(std::move(facts), policy_.exposure);
    for (FileReport& file : files) {
      rank(file, graph);
      uses.count(file);
    }
    std::ranges::stable_sort(files, std::greater{}, top_priority);
    fold(files);
    if (options_.top != 0) list_only(files, options_.top);
    for (Report& report : reports_) report.reporter->exposure(graph);
    for (const FileReport& file : files) {
      if (!take(file)) return;
    }
  }

  bool take(const FileReport& report) {
    say(report);
    summary_.add(report, run_info_);
    read_something_ = read_something_ || report.objects != 0 || report.reason == kNoObject;
    bool anyone_reads = false;
    for (Report& out : reports_) {
      if (out.destination->failed()) continue;
      out.reporter->file(report);
      if (out.destination->is_terminal()) {
        messages_.clear_progress();
        out.destination->flush();
      }
      anyone_reads = anyone_reads || !out.destination->failed();
    }
    gave_up_ = !anyone_reads;
    return anyone_reads;
  }

  void say(const FileReport& report) {
    if (report.status == FileStatus::nothing_to_judge) {
      messages_.detail(report.file + ": " + report.reason);
    }
    // A person in front of the text report reads there what was not examined.
    if (report.status != FileStatus::not_examined || text_is_on_terminal_) return;
    if (report.errors.empty()) messages_.error(report.file + ": " + report.reason);
    for (const Error& error : report.errors) messages_.error(to_string(error));
  }

  void end_reports() {
    summary_.trouble = trouble_;
    for (Report& report : reports_) {
      if (!report.destination->failed()) report.reporter->end(summary_);
      const auto committed = report.destination->commit();
      if (committed) continue;
      trouble_ = true;
      if (!report.destination->unread()) messages_.error(committed.error().message);
    }
    if (!text_is_shown_) messages_.note(summary_line(summary_));
  }

  [[nodiscard]] int exit_code() const {
    if (trouble_ || summary_.not_examined != 0) return kExitTrouble;
    return fail_on_.set && summary_.at_or_above_threshold != 0 ? kExitFindings : kExitFine;
  }

  const Options& options_;
  const Policy& policy_;
  Messages& messages_;
  FailOn fail_on_;
  std::vector<Report> reports_;
  std::vector<ImageScan> scans_;
  bool wants_subjects_ = false;
  RunInfo run_info_;
  Summary summary_;
  bool trouble_ = false;
  bool text_is_shown_ = false;
  bool text_is_on_terminal_ = false;
  bool read_something_ = false;
  bool gave_up_ = false;
};

int run_audit(const Options& options, const Inputs* inputs, Messages& messages) {
  const auto policy = effective_policy(options, messages);
  if (!policy) {
    messages.error(to_string(policy.error()));
    return kExitTrouble;
  }
  return Run(options, *policy, messages).run(inputs);
}

}  // namespace

int run_audit(const Options& options, Messages& messages) {
  return run_audit(options, nullptr, messages);
}

int run_audit(const Options& options, const Inputs& inputs, Messages& messages) {
  return run_audit(options, &inputs, messages);
}

Inputs inputs_of(const Options& options, std::vector<std::string> left_out) {
  for (const OutputSpec& output : options.outputs) {
    if (!output.path.empty()) left_out.push_back(output.path);
  }
  return discover(paths_of(options), {.respect_gitignore = options.respect_gitignore,
                                      .as = options.as,
                                      .outputs = std::move(left_out),
                                      .project = options.project});
}

bool wants_colour(Colour asked, bool terminal) {
  if (asked != Colour::automatic) return asked == Colour::always;
  const auto set = [](const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0' ? std::string_view(value) : std::string_view();
  };
  if (!set("NO_COLOR").empty()) return false;
  if (const auto force = set("FORCE_COLOR"); !force.empty()) return force != "0";
  return terminal && set("TERM") != "dumb";
}

std::string summary_line(const Summary& summary) {
  std::string text = counted(summary.files, "file") + ": " + std::to_string(summary.examined) +
                     " examined, " + std::to_string(summary.nothing_to_judge) +
                     " with nothing to judge, " + std::to_string(summary.not_examined) +
                     " not examined; " + counted(summary.objects, "object") + ", " +
                     counted(summary.workloads, "workload") + ", " +
                     counted(summary.containers, "container") + "; ";
  text += counted(summary.findings(), "finding");
  std::string_view separator = ": ";
  for (std::size_t i = summary.by_severity.size(); i-- > 0;) {
    if (summary.by_severity[i] == 0) continue;
    text.append(separator).append(std::to_string(summary.by_severity[i])).append(" ");
    text.append(name_of(static_cast<Severity>(i)));
    separator = ", ";
  }
  if (summary.exempted != 0) text += "; " + std::to_string(summary.exempted) + " exempted";
  return text;
}

}  // namespace kaudit
