#include "manifests/adapt/build.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/build_words.h"
#include "core/image.h"

namespace kaudit {
namespace {

constexpr std::array kOps = {
    Op::add,    Op::arg,   Op::cmd,         Op::copy,  Op::entrypoint, Op::env,
    Op::expose, Op::from,  Op::healthcheck, Op::label, Op::maintainer, Op::onbuild,
    Op::run,    Op::shell, Op::stopsignal,  Op::user,  Op::volume,     Op::workdir};

// Of `2026-08-22T10:00:00Z` the day.
constexpr std::size_t kDateBytes = sizeof("2026-08-22") - 1;

// What BuildKit knows of the platforms when it builds: https://docs.docker.com/reference/dockerfile
constexpr std::array<std::string_view, 8> kPlatformArgs = {
    "BUILDPLATFORM",  "BUILDOS",  "BUILDARCH",  "BUILDVARIANT",
    "TARGETPLATFORM", "TARGETOS", "TARGETARCH", "TARGETVARIANT"};

// The variables of a stage, on top of those of the stage that it builds on.
class Scope final : public Variables {
 public:
  // `outside`: what a name is that nobody set: unset, or unknown where a base image may set it.
  Scope(const Scope* parent, Variable::State outside) : parent_(parent), outside_(outside) {}

  void set(std::string_view name, Variable variable) { names_.insert_or_assign(name, variable); }
  [[nodiscard]] const Variable* own(std::string_view name) const {
    const auto found = names_.find(name);
    return found == names_.end() ? nullptr : &found->second;
  }
  [[nodiscard]] Variable find(std::string_view name) const override {
    // A chain of stages that is longer than people make one ends the search.
    constexpr int kLongestChain = 64;
    const Scope* scope = this;
    for (int n = 0; n < kLongestChain; ++n) {
      if (const Variable* variable = scope->own(name)) return *variable;
      if (scope->parent_ == nullptr) return {scope->outside_, {}};
      scope = scope->parent_;
    }
    return {Variable::State::unknown, {}};
  }

 private:
  const Scope* parent_;
  Variable::State outside_;
  std::unordered_map<std::string_view, Variable> names_;
};

class BuildReader {
 public:
  BuildReader(const Document& document, const BuildContext* context,
              const BuildAdapter::Request& request, Arena& arena)
      : document_(document), target_(request.target), arena_(arena) {
    build_.context = context;
    for (const EnvVar& arg : request.args)
      given_.insert_or_assign(arg.name.value, variable_of(arg.value));
    for (const std::string_view name : kPlatformArgs) {
      global_.set(name, {Variable::State::unknown, {}});
    }
  }

  // Of the history of an image: every value is final.
  void read_history() {
    literal_ = true;
    envelope("Image");
    build_.surface = Surface::image;
    scopes_.reserve(1);
    stage(document_.root()["history"]);
    build_.stages = arena_.copy(stages_);
  }
  [[nodiscard]] const Build& build() const noexcept { return build_; }

  void run(FactVisitor& visitor) {
    const Value root = document_.root();
    envelope("Dockerfile");
    build_.surface = Surface::dockerfile;
    const std::string_view escape = root["directives"]["escape"].text();
    if (escape.size() == 1) build_.escape = escape.front();
    std::size_t stages = 0;
    for (const Value member : root) {
      if (member["FROM"].present()) ++stages;
    }
    scopes_.reserve(stages);
    for (const Value member : root) {
      if (member.key() == "directives") continue;
      if (member["FROM"].present()) {
        stage(member);
      } else {
        global(member);
      }
    }
    build_.global_args = arena_.copy(global_args_);
    build_.stages = arena_.copy(stages_);
    if (!target_.empty()) {
      const Stage* last = build_.find_stage(target_, stages_.size());
      if (last != nullptr) build_.stages = build_.stages.first(last->index + 1);
    }
    visitor.visit(build_);
  }

 private:
  void envelope(std::string_view kind) {
    build_.document = &document_;
    build_.at = document_.root().id();
    build_.kind = kind;
    build_.name = document_.root()["name"].text();
  }

  // --- variables

  [[nodiscard]] Expansion expand(std::string_view text, const Variables& variables) {
    return expander_.expand(text, variables, {.escape = build_.escape});
  }
  [[nodiscard]] Text raw(Value value) const {
    if (!value.set()) return {{}, value.id(), Text::State::absent};
    return {value.text(), value.id(), Text::State::written};
  }
  [[nodiscard]] Text resolved(Value value, const Variables& variables) {
    Text text = raw(value);
    if (literal_ || !text.written() ||
        text.value.find_first_of("$\"'`\\") == std::string_view::npos) {
      return text;
    }
    const Expansion expansion = expand(text.value, variables);
    if (expansion.unresolved || !expansion.error.empty()) {
      text.state = Text::State::unresolved;
    } else {
      text.value = arena_.copy(expansion.text);
    }
    return text;
  }
  // For others to refer to.
  [[nodiscard]] static Variable variable_of(const Text& value) {
    if (!value.written()) return {Variable::State::unknown, {}};
    return {Variable::State::set, value.value};
  }

  void global(Value member) {
    for (const Value each : member) {
      if (each["op"].text() != "ARG") continue;
      for (const Value pair : each["pairs"]) {
        BuildPair& arg = global_args_.emplace_back(pair_of(pair, global_));
        const auto given = given_.find(arg.name.value);
        global_.set(arg.name.value, given != given_.end() ? given->second : variable_of(arg.value));
      }
    }
  }

  void declare_arg(const BuildPair& arg, Scope& scope) {
    const std::string_view name = arg.name.value;
    if (const auto given = given_.find(name); given != given_.end()) {
      scope.set(name, given->second);
    } else if (arg.value.state != Text::State::absent) {
      scope.set(name, variable_of(arg.value));
    } else if (const Variable* outer = global_.own(name)) {
      scope.set(name, *outer);
    } else if (scope.find(name).state != Variable::State::set) {
      scope.set(name, {Variable::State::unknown, {}});
    }
  }

  // --- stages

  void stage(Value member) {
    Stage stage;
    const Value from = member["FROM"];
    stage.at = from.present() ? from.id() : member.id();
    stage.index = stages_.size();
    stage.label = member.key();
    stage.base.at = stage.at;
    stage.name.at = stage.at;
    if (literal_) stage.platform = raw(document_.root()["platform"]);
    std::size_t n = 0;
    for (const Value word : from["words"]) {
      if (n == 0) stage.base = resolved(word, global_);
      if (n == 2) stage.name = raw(word);
      ++n;
    }
    if (stage.base.written() && stage.base.value.empty())
      stage.base.state = Text::State::unresolved;
    for (const Value flag : from["flags"]) {
      if (flag["name"].text() == "platform") stage.platform = resolved(flag["value"], global_);
    }
    const Scope* parent = nullptr;
    if (stage.base.written()) {
      stage.parent = parent_of(stage.base.value);
      if (stage.parent != kNoStage) parent = &scopes_[stage.parent];
    }
    Scope& scope = scopes_.emplace_back(
        parent, stage.from_scratch() ? Variable::State::unset : Variable::State::unknown);
    std::vector<Instruction> instructions;
    for (const Value each : member) {
      if (each.id() == from.id() || !each.is_object()) continue;
      const bool kept = each["op"].text() == "ONBUILD";
      if (kept && !each["trigger"].present()) continue;
      instructions.push_back(instruction(kept ? each["trigger"] : each, kept, scope));
    }
    stage.instructions = arena_.copy(instructions);
    if (stage.name.written()) by_name_[lower(stage.name.value)] = stage.index;
    stages_.push_back(stage);
  }

  [[nodiscard]] std::size_t parent_of(std::string_view base) const {
    const auto found = by_name_.find(lower(base));
    return found == by_name_.end() ? kNoStage : found->second;
  }
  [[nodiscard]] static std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
  }

  // --- instructions

  [[nodiscard]] static Op op_of(std::string_view name) {
    const auto* found =
        std::find_if(kOps.begin(), kOps.end(), [&](Op op) { return name_of(op) == name; });
    return found == kOps.end() ? Op::run : *found;
  }

  // In RUN, CMD, ENTRYPOINT and SHELL the shell puts variables in, not BuildKit.
  [[nodiscard]] static bool is_command(Op op) {
    return op == Op::run || op == Op::cmd || op == Op::entrypoint || op == Op::shell ||
           op == Op::healthcheck;
  }

  [[nodiscard]] BuildPair pair_of(Value pair, const Variables& variables) {
    return {resolved(pair["name"], variables), resolved(pair["value"], variables),
            pair["value"].text()};
  }

  [[nodiscard]] Instruction instruction(Value value, bool on_build, Scope& scope) {
    Instruction out;
    out.on_build = on_build;
    out.at = value.id();
    out.op = op_of(value["op"].text());
    out.exec = value["exec"].as_bool().value_or(false);
    out.none = value["type"].text() == "NONE";
    std::vector<BuildFlag> flags;
    for (const Value flag : value["flags"]) {
      flags.push_back({flag["name"].text(), resolved(flag["value"], scope)});
    }
    out.flags = arena_.copy(flags);
    std::vector<BuildPair> pairs;
    for (const Value pair : value["pairs"]) {
      pairs.push_back(pair_of(pair, scope));
      // Of several in one ARG each knows the ones before, in one ENV it does not.
      if (out.op == Op::arg && !on_build) declare_arg(pairs.back(), scope);
    }
    out.pairs = arena_.copy(pairs);
    if (out.op == Op::env && !on_build) {
      for (const BuildPair& pair : pairs) scope.set(pair.name.value, variable_of(pair.value));
    }
    if (!is_command(out.op)) {
      out.words = words(value["words"], out.op, scope);
    } else if (out.exec) {
      std::vector<Text> words;
      for (const Value word : value["words"]) words.push_back(raw(word));
      out.words = arena_.copy(words);
    } else {
      out.script = script(value["words"], ' ');
    }
    std::vector<Heredoc> heredocs;
    for (const Value heredoc : value["heredocs"]) {
      heredocs.push_back({heredoc["name"].text(), heredoc["expand"].as_bool().value_or(true),
                          script(heredoc["lines"], '\n')});
    }
    out.heredocs = arena_.copy(heredocs);
    return out;
  }

  [[nodiscard]] std::span<const Text> words(Value list, Op op, const Variables& variables) {
    std::vector<Text> words;
    for (const Value word : list) {
      const Text text = resolved(word, variables);
      if (op != Op::expose || !text.written() ||
          text.value.find_first_of(" \t") == std::string_view::npos) {
        words.push_back(text);
        continue;
      }
      // `EXPOSE $PORTS` may be several.
      for (const std::string& port : expand(word.text(), variables).words) {
        words.push_back({arena_.copy(port), word.id(), Text::State::written});
      }
    }
    return arena_.copy(words);
  }

  // Strings put together, and where each of them begins.
  [[nodiscard]] Script script(Value list, char between) {
    std::string all;
    for (const Value part : list) {
      if (!all.empty() || part.id() != (*list.begin()).id()) all += between;
      all += part.text();
    }
    Script out;
    out.text = arena_.copy(all);
    std::vector<Text> parts;
    std::size_t at = 0;
    for (const Value part : list) {
      const std::string_view text = part.text();
      parts.push_back({out.text.substr(at, text.size()), part.id(), Text::State::written});
      at = std::min(at + text.size() + 1, out.text.size());
    }
    out.parts = arena_.copy(parts);
    return out;
  }

  const Document& document_;
  bool literal_ = false;
  std::string_view target_;
  std::unordered_map<std::string_view, Variable> given_;  // build arguments
  Arena& arena_;
  Expander expander_;
  Build build_;
  Scope global_{nullptr, Variable::State::unset};
  std::vector<BuildPair> global_args_;
  std::vector<Stage> stages_;
  std::vector<Scope> scopes_;  // of the stages; reserved, for they point at each other
  std::unordered_map<std::string, std::size_t> by_name_;
};

// The layers of an image, as manifests/read/image_document.h hands them over.
class LayersReader {
 public:
  LayersReader(const Document& document, const Build& history, Arena& arena)
      : document_(document), history_(history), arena_(arena) {}

  [[nodiscard]] std::span<const Layer> read() {
    const Value list = document_.root()["layers"];
    std::vector<Layer> layers;
    layers.reserve(list.size());
    for (const Value value : list) {
      Layer& layer = layers.emplace_back();
      layer.at = value.id();
      layer.number = layers.size();
      layer.digest = value["digest"].text();
      layer.line = value["line"].text();
      layer.made_by = instruction(value["instruction"].as_int());
      layer.files = files(value["files"]);
    }
    return arena_.copy(layers);
  }

 private:
  [[nodiscard]] const Instruction* instruction(std::optional<std::int64_t> number) const {
    const Stage* last = history_.final_stage();
    if (last == nullptr) return nullptr;
    const std::span<const Instruction> all = last->instructions;
    const bool known = number && *number >= 0 && static_cast<std::size_t>(*number) < all.size();
    return known ? &all[static_cast<std::size_t>(*number)] : nullptr;
  }

  [[nodiscard]] std::span<const ImageFile> files(Value list) {
    std::vector<ImageFile> out;
    for (const Value value : list) {
      ImageFile& file = out.emplace_back();
      file.at = value.id();
      file.path = value.key();
      file.mode = value["mode"].as_int().value_or(0);
      file.directory = value["directory"].as_bool().value_or(false);
      file.named = value["named"].text();
      file.secrets = secrets(value["found"]);
      file.without_password = names(value["open_accounts"]);
      file.second_root = names(value["second_root"]);
      file.hidden_by = static_cast<std::size_t>(value["hidden_by"].as_int().value_or(0));
      file.deleted = value["deleted"].as_bool().value_or(false);
    }
    return arena_.copy(out);
  }

  [[nodiscard]] std::span<const FileSecret> secrets(Value list) {
    std::vector<FileSecret> out;
    for (const Value value : list) {
      out.push_back({value["kind"].text(), value["evidence"].text(),
                     static_cast<SecretGrade>(value["grade"].as_int().value_or(0)),
                     value["line"].as_int().value_or(0)});
    }
    return arena_.copy(out);
  }

  [[nodiscard]] std::span<const std::string_view> names(Value list) {
    std::vector<std::string_view> out;
    for (const Value value : list) out.push_back(value.text());
    return arena_.copy(out);
  }

  const Document& document_;
  const Build& history_;
  Arena& arena_;
};

}  // namespace

void BuildAdapter::adapt(const Document& document, FactVisitor& visitor,
                         const BuildContext* context, const Request& request) {
  arena_.reset();
  BuildReader(document, context, request, arena_).run(visitor);
}

void BuildAdapter::adapt_image(const Document& document, FactVisitor& visitor) {
  arena_.reset();
  BuildReader reader(document, nullptr, {}, arena_);
  reader.read_history();
  LayeredImage image;
  static_cast<Object&>(image) = reader.build();
  const Value root = document.root();
  std::vector<std::string_view> names;
  for (const Value name : root["names"]) names.push_back(name.text());
  image.names = arena_.copy(names);
  image.digest = root["digest"].text();
  image.id = root["id"].text();
  image.platform = root["platform"].text();
  image.created = parse_day(root["created"].text().substr(0, kDateBytes)).value_or(kNoDay);
  image.history = reader.build();
  image.told = static_cast<std::size_t>(root["told"].as_int().value_or(0));
  image.layers = LayersReader(document, reader.build(), arena_).read();
  visitor.visit(image);
}

}  // namespace kaudit
