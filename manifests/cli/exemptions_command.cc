#include "manifests/cli/exemptions_command.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/exposure/graph.h"
#include "core/report/escape.h"
#include "core/report/ranking.h"
#include "manifests/cli/audit.h"
#include "manifests/cli/discover.h"
#include "manifests/cli/effective_policy.h"
#include "manifests/cli/exemption_uses.h"
#include "manifests/cli/exit_code.h"
#include "manifests/cli/other_commands.h"
#include "manifests/cli/pool.h"

namespace kaudit {
namespace {

std::string counted(std::size_t number, std::string_view noun) {
  return std::to_string(number) + " " + std::string(noun) + (number == 1 ? "" : "s");
}

std::string words_for(const ExemptionUses::State& state) {
  std::string text;
  if (state.expired) {
    text = "expired";
  } else if (state.used != 0) {
    text = "used " + counted(state.used, "time");
  } else {
    text = state.of_requests ? "only at admission" : "unused";
  }
  if (state.too_wide) text += ", too wide";
  return text;
}

void append_entry(std::string& out, const ExemptionUses::State& state) {
  const Exemption& exemption = *state.exemption;
  std::string place = exemption.where.source + ":" + std::to_string(exemption.where.begin.line);
  append_visible_line_start(out, place);
  out += ": " + words_for(state) + "\n  ";
  append_visible(out, description_of(exemption));
  out += "\n  reason: ";
  append_visible(out, exemption.reason);
  if (!exemption.owner.empty()) {
    out += "\n  owner: ";
    append_visible(out, exemption.owner);
  }
  if (exemption.expires) out += "\n  expires: " + to_text(*exemption.expires);
  out += "\n\n";
}

std::string text_of(const ExemptionUses& uses, bool annotations_allowed) {
  std::string out;
  const auto states = uses.states();
  for (const ExemptionUses::State& state : states) append_entry(out, state);
  const auto count = [&](auto is) {
    return static_cast<std::size_t>(std::count_if(states.begin(), states.end(), is));
  };
  using State = ExemptionUses::State;
  const std::pair<std::size_t, std::string_view> counts[] = {
      {count([](const State& state) { return state.used != 0; }), " used"},
      {count([](const State& state) { return state.unused(); }), " unused"},
      {count([](const State& state) { return state.expired; }), " expired"},
      {count([](const State& state) { return state.too_wide; }), " too wide"}};
  out += counted(states.size(), "exemption");
  const char* separator = ": ";
  for (const auto& [number, what] : counts) {
    if (number == 0) continue;
    out.append(separator).append(std::to_string(number)).append(what);
    separator = ", ";
  }
  out += '\n';
  if (annotations_allowed) {
    out += counted(uses.by_annotation(), "finding") + " exempted by annotations of objects\n";
  }
  return out;
}

}  // namespace

int run_exemptions(const Options& options, Messages& messages) {
  const auto policy = effective_policy(options, messages);
  if (!policy) {
    messages.error(to_string(policy.error()));
    return kExitTrouble;
  }
  const Inputs inputs = discover(paths_of(options), {.respect_gitignore = options.respect_gitignore,
                                                     .as = options.as,
                                                     .outputs = {},
                                                     .project = options.project});
  for (const std::string& sentence : inputs.skipped) messages.detail(sentence);
  PlanOptions plan_options = policy->plan_options();
  plan_options.ranks = true;
  plan_options.only = {};  // what a profile leaves out of a report is exempted all the same
  const Plan plan(std::move(plan_options));
  ExemptionUses uses(plan.exemptions(), true);
  ExposureFacts exposure;
  std::vector<FileReport> reports;
  const BuiltImages built = BuiltImages::gather(inputs, options.max_file_size);
  bool trouble = inputs.files.empty();
  if (trouble) messages.error("nothing to examine: no *.yaml, *.yml or *.json file");
  in_order<FileReport>(
      inputs.files.size(), jobs_of(options),
      [&] {
        auto examiner = std::make_shared<Examiner>(plan, policy->pod_templates, inputs, built,
                                                   options.max_file_size);
        examiner->limit_images(options.max_image_size);
        examiner->collect_exposure();
        return [examiner, &inputs](std::size_t i) { return examiner->examine(inputs.files[i]); };
      },
      [&](std::size_t, FileReport&& report) {
        for (const Error& error : report.errors) messages.error(to_string(error));
        trouble = trouble || report.status == FileStatus::not_examined;
        append(exposure, std::move(report.exposure));
        reports.push_back(std::move(report));
        return true;
      });
  const ExposureGraph graph(std::move(exposure), policy->exposure);
  for (FileReport& report : reports) {
    rank(report, graph);
    uses.count(report);
  }
  const int code = print(text_of(uses, plan.exemptions().annotations_allowed()), messages);
  return trouble ? kExitTrouble : code;
}

}  // namespace kaudit
