#include "manifests/cli/other_commands.h"

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/report/facts.h"
#include "core/report/rules.h"
#include "core/rule.h"
#include "manifests/adapt.h"
#include "manifests/adapt/build.h"
#include "manifests/cli/built_images.h"
#include "manifests/cli/completion.h"
#include "manifests/cli/compose_file.h"
#include "manifests/cli/destination.h"
#include "manifests/cli/discover.h"
#include "manifests/cli/effective_policy.h"
#include "manifests/cli/exit_code.h"
#include "manifests/cli/image_facts.h"
#include "manifests/cli/input_reader.h"
#include "manifests/cli/surface.h"
#include "manifests/load.h"
#include "manifests/read/dockerfile.h"

namespace kaudit {
namespace {

int fail(std::string_view sentence, Messages& messages) {
  messages.error(sentence);
  return kExitTrouble;
}

int finish(Destination& out, Messages& messages) {
  const auto committed = out.commit();
  if (committed) return kExitFine;
  if (!out.unread()) messages.error(committed.error().message);
  return kExitTrouble;
}

// Shows a FactsWriter what is in one file.
class FactsOfFile final : public DocumentVisitor {
 public:
  FactsOfFile(KubernetesAdapter& adapter, Surface surface, FactVisitor& writer)
      : adapter_(adapter), surface_(surface), writer_(writer) {}
  void document(const Document& document) override {
    if (surface_ == Surface::dockerfile) {
      BuildAdapter().adapt(document, writer_);
    } else {
      adapter_.adapt(document, writer_);
    }
  }
  void error(Error error) override { errors.push_back(std::move(error)); }

  std::vector<Error> errors;

 private:
  KubernetesAdapter& adapter_;
  Surface surface_;
  FactVisitor& writer_;
};

// False when something of the file could not be read.
bool end_facts(const std::vector<Error>& errors, FactsWriter& writer, Messages& messages) {
  writer.end_file(errors);
  for (const Error& error : errors) messages.error(to_string(error));
  return errors.empty();
}

bool write_facts(const Input& input, InputReader& reader, ComposeFiles& compose,
                 const BuiltImages& built, const Limits& limits, const ImageLimits& image_limits,
                 KubernetesAdapter& adapter, FactsWriter& writer, Messages& messages) {
  auto opened = reader.open(input, may_hold_images(input) ? kImagePeek : 0);
  if (opened && holds_images(*opened)) {
    writer.begin_file(input.path, Surface::image);
    BuildAdapter images;
    const std::vector<Error> errors = adapt_images(input, *opened, image_limits, images, writer);
    return end_facts(errors, writer, messages);
  }
  const bool archive = opened && is_archive_name(input.path);
  auto text = archive  ? std::move(opened->begin)
              : opened ? reader.rest(*opened)
                       : std::move(opened).error();
  std::optional<Error> unread;
  std::shared_ptr<const Source> source;
  if (!text) {
    unread = std::move(text).error();
    unread->where.source = input.path;
  } else if (const std::string_view reason = no_text(input, *text); reason.empty()) {
    source = std::make_shared<const Source>(input.path, *std::move(text));
  } else if (input.how != Input::How::found) {
    unread = Error{ErrorCode::unsupported, std::string(reason), {}};
    unread->where.source = input.path;
  }
  const Surface surface = compose.surface_of(input, source, limits);
  JoinedFacts joined(built, writer);
  FactsOfFile facts(adapter, surface, joined);
  writer.begin_file(input.path, surface);
  if (unread) {
    facts.errors.push_back(*std::move(unread));
  } else if (surface == Surface::compose) {
    if (!compose.read_with(input)) {
      facts.errors = compose.adapt(input, source, limits, joined).errors;
    }
  } else if (source) {
    (surface == Surface::dockerfile ? read_dockerfile : read_manifest)(source, limits, facts);
  }
  return end_facts(facts.errors, writer, messages);
}

}  // namespace

int print(std::string_view text, Messages& messages) {
  const auto out = Destination::open({});
  (*out)->write(text);
  return finish(**out, messages);
}

int run_rules(const Options& options, Messages& messages) {
  switch (options.outputs.front().format) {
    case Format::text: return print(rules_as_text(all_rules()), messages);
    case Format::json: return print(rules_as_json(all_rules()), messages);
    case Format::markdown: return print(rules_as_markdown(all_rules()), messages);
    default: return fail("`kaudit rules` writes text, json or markdown", messages);
  }
}

int run_explain(const Options& options, Messages& messages) {
  std::string text;
  for (const std::string& name : options.operands) {
    const auto rules = parse_rule(name);
    if (!rules) return fail(rules.error().message, messages);
    for (const Rule* rule : *rules) {
      if (!text.empty()) text += '\n';
      text += explain(*rule);
    }
  }
  return print(text, messages);
}

int run_facts(const Options& options, Messages& messages) {
  const auto policy = effective_policy(options, messages);
  if (!policy) return fail(to_string(policy.error()), messages);
  const std::vector<std::string> paths = paths_of(options);
  const Inputs inputs = discover(paths, {.respect_gitignore = options.respect_gitignore,
                                         .as = options.as,
                                         .outputs = {},
                                         .project = options.project});
  for (const std::string& sentence : inputs.skipped) messages.detail(sentence);

  const auto out = Destination::open({});
  FactsWriter writer(**out);
  KubernetesAdapter adapter(policy->pod_templates);
  InputReader reader(inputs, options.max_file_size);
  ComposeFiles compose(inputs, options.max_file_size);
  const BuiltImages built = BuiltImages::gather(inputs, options.max_file_size);
  Limits limits;
  limits.bytes = options.max_file_size;
  ImageLimits image_limits;
  image_limits.unpacked = options.max_image_size;
  bool trouble = inputs.files.empty();
  if (trouble) messages.error(nothing_found(paths, inputs));
  writer.begin(KAUDIT_VERSION);
  for (const Input& input : inputs.files) {
    if (input.how == Input::How::set_aside) continue;
    if (!write_facts(input, reader, compose, built, limits, image_limits, adapter, writer,
                     messages))
      trouble = true;
    if ((*out)->failed()) break;
  }
  writer.end();
  const int code = finish(**out, messages);
  return trouble ? kExitTrouble : code;
}

int run_completion(const Options& options, Messages& messages) {
  const auto script = completion_script(options.operands.front());
  return script ? print(*script, messages) : fail(script.error().message, messages);
}

}  // namespace kaudit
