#include "manifests/cli/audit.h"

#include <sys/stat.h>

#include <exception>
#include <memory>
#include <utility>

#include "core/exposure/collector.h"
#include "manifests/cli/image_facts.h"
#include "manifests/cli/surface.h"
#include "manifests/read/dockerfile.h"

namespace kaudit {
namespace {

// Judges document after document of one file.
class Judge final : public DocumentVisitor {
 public:
  Judge(const Plan& plan, const BuiltImages& built, KubernetesAdapter& kubernetes,
        BuildAdapter& build, Surface surface, bool subjects, bool exposure, Shard shard)
      : evaluation_(plan),
        subjects_(evaluation_),
        judged_(subjects ? static_cast<FactVisitor&>(subjects_) : evaluation_),
        sharded_(shard, judged_),
        exposure_(shard.whole() ? judged_ : sharded_),
        joined_(built, exposure         ? static_cast<FactVisitor&>(exposure_)
                       : !shard.whole() ? static_cast<FactVisitor&>(sharded_)
                                        : judged_),
        facts_(!built.none()    ? static_cast<FactVisitor&>(joined_)
               : exposure       ? static_cast<FactVisitor&>(exposure_)
               : !shard.whole() ? static_cast<FactVisitor&>(sharded_)
                                : judged_),
        kubernetes_(kubernetes),
        build_(build),
        surface_(surface) {}

  void document(const Document& document) override {
    if (std::exchange(guesses_, false)) compose_ = kaudit::guess_compose(document).certain;
    if (compose_ || !document.root().set()) return;  // nothing between two `---`
    ++documents_;
    const Value root = document.root();
    structured_ = structured_ || root.is_object() || root.is_array();
    if (surface_ == Surface::dockerfile) {
      const bool known = input_ != nullptr;
      build_.adapt(document, facts_, known ? contexts_->read(*input_, document) : nullptr);
    } else {
      kubernetes_.adapt(document, facts_);
    }
  }
  void error(Error error) override { errors_.push_back(std::move(error)); }

  // Where the file lies, for what a Dockerfile takes from around it.
  void look_around(const Input& input, ContextReader& contexts) {
    input_ = &input;
    contexts_ = &contexts;
  }

  // The first document is asked whether all of it is a Compose file; if so nothing is judged.
  void guess_compose() noexcept { guesses_ = true; }
  [[nodiscard]] bool found_compose() const noexcept { return compose_; }

  void finish(FileReport& report, std::string_view text, bool asked) {
    const Evaluation::Counts& counts = evaluation_.counts();
    report.objects = counts.objects;
    report.workloads = counts.workloads;
    report.containers = counts.containers;
    report.no_pod_spec = counts.no_pod_spec;
    report.findings = std::move(evaluation_.findings());
    report.subjects = std::move(subjects_.subjects());
    report.exposure = std::move(exposure_.facts());
    report.errors = std::move(errors_);
    for (Error& error : evaluation_.errors()) report.errors.push_back(std::move(error));
    if (!report.errors.empty()) {
      report.status = FileStatus::not_examined;
      report.reason = report.errors.front().message;
    } else if (documents_ == 0) {
      const bool blank = text.find_first_not_of(" \t\r\n") == std::string_view::npos;
      report.status = asked ? FileStatus::not_examined : FileStatus::nothing_to_judge;
      report.reason = blank ? "the file is empty" : "the file holds only comments";
    } else if (asked && !structured_) {
      report.status = FileStatus::not_examined;
      report.reason =
          "plain text, neither a manifest nor an image; as a Dockerfile it is examined with --as "
          "dockerfile";
    } else if (counts.judged != 0 || !report.findings.empty()) {
      report.status = FileStatus::examined;
    } else {
      report.reason = counts.objects == 0 ? kNoObject : "no pod spec";
    }
  }

 private:
  Evaluation evaluation_;
  ChecklistCollector subjects_;
  FactVisitor& judged_;
  ShardFilter sharded_;
  ExposureCollector exposure_;  // of all objects: those of other shards lead to these
  JoinedFacts joined_;
  FactVisitor& facts_;  // the first of these that has something to do
  KubernetesAdapter& kubernetes_;
  BuildAdapter& build_;
  Surface surface_;
  const Input* input_ = nullptr;
  ContextReader* contexts_ = nullptr;
  bool guesses_ = false;
  bool compose_ = false;
  std::size_t documents_ = 0;
  bool structured_ = false;  // one of them is more than a text
  std::vector<Error> errors_;
};

// Keeps what images say to those who run them.
class ShippedImages final : public ForwardingVisitor {
 public:
  ShippedImages(std::vector<ShippedImage>* out, FactVisitor& to)
      : ForwardingVisitor(to), out_(out) {}
  using ForwardingVisitor::visit;
  void visit(const LayeredImage& fact) override {
    if (out_ != nullptr) out_->push_back(shipped_image(fact));
    ForwardingVisitor::visit(fact);
  }

 private:
  std::vector<ShippedImage>* out_;
};

FileReport refused(const Input& input, FileStatus status, Error error) {
  FileReport report;
  report.file = input.path;
  report.status = status;
  report.reason = error.message;
  if (status == FileStatus::not_examined) {
    error.where.source = input.path;
    report.errors.push_back(std::move(error));
  }
  return report;
}

// Whom it runs as and what asks after it: the service may say so itself, and is judged with what
// its Dockerfile says.
bool is_said_of_service(const Rule& rule) noexcept {
  return rule.slug == "run-as-root" || rule.slug == "may-run-as-root" ||
         rule.slug == "no-healthcheck";
}

}  // namespace

Examiner::Examiner(const Plan& plan, std::span<const PodTemplatePath> pod_templates,
                   const Inputs& inputs, const BuiltImages& built, std::size_t max_file_size)
    : plan_(plan),
      built_(built),
      adapter_(pod_templates),
      contexts_(inputs),
      reader_(inputs, max_file_size),
      compose_(inputs, max_file_size) {
  limits_.bytes = max_file_size;
}

FileReport Examiner::examine(const Input& input) {
  if (input.how == Input::How::set_aside) {
    return refused(input, FileStatus::nothing_to_judge, {ErrorCode::io, input.reason, {}});
  }
  try {
    auto opened = reader_.open(input, may_hold_images(input) ? kImagePeek : 0);
    if (!opened) return refused(input, FileStatus::not_examined, std::move(opened).error());
    if (holds_images(*opened)) return examine_images(input, *opened);
    auto text = is_archive_name(input.path) ? std::move(opened->begin) : reader_.rest(*opened);
    if (!text) return refused(input, FileStatus::not_examined, std::move(text).error());
    const bool found = input.how == Input::How::found;
    if (const std::string_view reason = no_text(input, *text); !reason.empty()) {
      return refused(input, found ? FileStatus::nothing_to_judge : FileStatus::not_examined,
                     {ErrorCode::unsupported, std::string(reason), {}});
    }
    const auto source = std::make_shared<const Source>(input.path, *std::move(text));
    if (compose_.only_content_tells(input)) {  // most files: read once
      return examine_documents(source, !found, Surface::kubernetes, &input, true);
    }
    const Surface surface = compose_.surface_of(input, source, limits_);
    if (surface == Surface::compose) return examine_compose(input, source);
    return examine_documents(source, !found, surface, &input, false);
  } catch (const std::exception& exception) {  // std::bad_alloc: the other files go on
    return refused(
        input, FileStatus::not_examined,
        {ErrorCode::too_large, std::string("could not be examined: ") + exception.what(), {}});
  }
}

FileReport Examiner::examine(std::string name, std::string text, bool asked, Surface surface,
                             const Input* input) {
  return examine_documents(std::make_shared<const Source>(std::move(name), std::move(text)), asked,
                           surface, input, false);
}

std::optional<std::uint64_t> Examiner::archive_size(const Input& input) {
  const bool again = input.how == Input::How::asked || input.how == Input::How::found;
  if (!again || !may_hold_images(input)) return std::nullopt;
  const auto opened = reader_.open(input, kImagePeek);
  if (!opened || !holds_images(*opened)) return std::nullopt;
  struct stat info{};
  const bool known = !opened->directory && ::fstat(opened->fd.get(), &info) == 0;
  return known ? static_cast<std::uint64_t>(info.st_size) : 0;
}

FileReport Examiner::examine_images(const Input& input, InputReader::Opened& opened) {
  FileReport report;
  report.file = input.path;
  report.surface = Surface::image;
  Evaluation evaluation(plan_);
  ShippedImages shipped(shipped_, evaluation);
  ShardFilter sharded(shard_, shipped);
  report.errors =
      adapt_images(input, opened, image_limits_, build_adapter_, sharded, image_progress_);
  const bool another = report.errors.size() == 1 &&
                       report.errors.front().code == ErrorCode::unsupported &&
                       evaluation.counts().objects == 0;
  if (another && input.how == Input::How::found) {  // an archive of something else
    return refused(input, FileStatus::nothing_to_judge, std::move(report.errors.front()));
  }
  report.objects = evaluation.counts().objects;
  report.findings = std::move(evaluation.findings());
  report.status = report.errors.empty() ? FileStatus::examined : FileStatus::not_examined;
  if (!report.errors.empty()) report.reason = report.errors.front().message;
  return report;
}

FileReport Examiner::examine_compose(const Input& input,
                                     const std::shared_ptr<const Source>& source) {
  FileReport report;
  report.file = input.path;
  report.surface = Surface::compose;
  if (const auto base = compose_.read_with(input)) {
    report.reason = "read along with " + *base;
    return report;
  }
  Evaluation evaluation(plan_);
  ChecklistCollector subjects(evaluation);
  ExposureCollector exposure(subjects);
  JoinedFacts joined(built_, exposure);
  ShardFilter sharded(shard_, joined);
  Evaluation builds(plan_);  // not counted: they are no objects of this file
  ChecklistCollector images(builds);
  ShardFilter sharded_images(shard_, images);
  ComposeFiles::Outcome outcome = compose_.adapt(input, source, limits_, sharded, &sharded_images);
  const Evaluation::Counts& counts = evaluation.counts();
  report.objects = counts.objects;
  report.workloads = counts.workloads;
  report.containers = counts.containers;
  report.findings = std::move(evaluation.findings());
  add_builds(std::move(builds.findings()), outcome.dockerfiles, report.findings);
  report.subjects = std::move(subjects.subjects());
  report.exposure = std::move(exposure.facts());
  for (ChecklistSubject& image : images.subjects()) {
    const std::string& name = image.where.source;
    const bool by_itself = outcome.dockerfiles.contains(name) && compose_.examined(name) != nullptr;
    if (!by_itself) report.subjects.push_back(std::move(image));
  }
  report.errors = std::move(outcome.errors);
  report.notes = std::move(outcome.notes);
  if (!report.errors.empty()) {
    report.status = FileStatus::not_examined;
    report.reason = report.errors.front().message;
  } else if (counts.judged != 0) {
    report.status = FileStatus::examined;
  } else {
    report.reason = outcome.documents == 0 ? "the file is empty" : "no service";
  }
  return report;
}

void Examiner::add_builds(std::vector<Finding> of_services,
                          const std::set<std::string>& dockerfiles,
                          std::vector<Finding>& findings) {
  for (const std::string& name : dockerfiles) {
    const Input* input = compose_.examined(name);
    if (input == nullptr || dockerfiles_.contains(name)) continue;
    Found& found = dockerfiles_[name];
    for (const Finding& finding : examine(*input).findings) {
      found.insert({finding.rule, finding.where.begin.line, finding.where.begin.column});
    }
  }
  for (Finding& finding : of_services) {
    if (is_said_of_service(*finding.rule)) continue;
    const auto known = dockerfiles_.find(finding.where.source);
    const Mark begin = finding.where.begin;
    if (known != dockerfiles_.end() &&
        known->second.contains({finding.rule, begin.line, begin.column})) {
      continue;
    }
    findings.push_back(std::move(finding));
  }
}

FileReport Examiner::examine_documents(const std::shared_ptr<const Source>& source, bool asked,
                                       Surface surface, const Input* input, bool guess) {
  FileReport report;
  report.file = source->name();
  report.surface = surface;
  Judge judge(plan_, built_, adapter_, build_adapter_, surface, subjects_, exposure_, shard_);
  if (input != nullptr) judge.look_around(*input, contexts_);
  if (guess) judge.guess_compose();
  (surface == Surface::dockerfile ? read_dockerfile : read_manifest)(source, limits_, judge);
  if (judge.found_compose()) return examine_compose(*input, source);
  judge.finish(report, source->text(), asked);
  return report;
}

}  // namespace kaudit
