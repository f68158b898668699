// Reads: in a Dockerfile the files that COPY, ADD and RUN put into a stage, or into one that it
// builds on, and whose names say that they hold secrets; ENV and ARG that hold one. Refused: rm,
// unlink or shred of such a file in a later instruction, unset of such a variable, ENV that empties
// one. Allowed: a RUN that makes a file and removes it again; what --mount brings.
// Not judged: files that only a program knows to be secret.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/glob.h"
#include "core/layer_message.h"
#include "core/rule.h"
#include "core/rules/build_message.h"
#include "core/rules/build_secret.h"
#include "core/secret_file.h"
#include "core/secrets.h"

namespace kaudit {
namespace {

// Chains of stages and matches of a pattern beyond that are no longer looked at.
constexpr int kLongestChain = 64;
constexpr int kMostMatches = 100;
constexpr std::string_view kSomewhere = "/?";  // the directory that only the base image knows

bool removes(std::string_view program) noexcept {
  return program == "rm" || program == "unlink" || program == "shred";
}
bool empties(const Instruction& instruction) noexcept {
  return instruction.op == Op::env &&
         std::any_of(instruction.pairs.begin(), instruction.pairs.end(),
                     [](const BuildPair& pair) { return pair.value.is(""); });
}

// Absolute, without `.`, `..` and a slash at the end; nothing where a variable takes part.
std::optional<std::string> path_in(std::string_view directory, std::string_view path) {
  std::string home;
  for (const std::string_view name : {"~/", "$HOME/", "${HOME}/"}) {
    if (path.starts_with(name)) home = "/root/" + std::string(path.substr(name.size()));
  }
  if (!home.empty()) path = home;
  if (path.empty() || path.find_first_of("$`\"'{") != std::string_view::npos) return std::nullopt;
  std::string out(path.front() == '/' ? std::string_view() : directory);
  while (!path.empty()) {
    const std::string_view part = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), part.size() + 1));
    if (part == "..") {
      out.resize(std::min(out.size(), out.rfind('/')));
    } else if (!part.empty() && part != ".") {
      (out += '/') += part;
    }
  }
  return out;
}

std::string_view base_name(std::string_view path) noexcept {
  while (path.ends_with('/')) path.remove_suffix(1);
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

// How a file came into a layer.
struct Put {
  NodeId at = kNoNode;
  Op op = Op::copy;
  std::string_view kind;
};

// One of them, and where it was.
struct Found {
  Put put;
  std::string path;
  bool along = false;  // with a directory of the context
};

struct Variable {
  NodeId at = kNoNode;
  Op op = Op::env;
};

// What one stage holds so far.
struct Layers {
  std::string directory{kSomewhere};  // WORKDIR
  std::map<std::string, Put> files;
  // Directories of the context by where they were copied to, and what they were there.
  std::map<std::string, std::pair<std::string, Put>> trees;
  std::unordered_map<std::string_view, Variable> variables;
  std::size_t parent = kNoStage;
};

class Search {
 public:
  Search(const Build& build, Sink& sink)
      : build_(build), sink_(sink), shipped_(shipped_stages(build)), layers_(build.stages.size()) {
    if (build.context != nullptr) {
      context_.insert(build.context->secrets.begin(), build.context->secrets.end());
    }
  }

  void run() {
    for (const Stage& stage : build_.stages) {
      Layers& own = layers_[stage.index];
      own.parent = stage.parent;
      if (stage.parent != kNoStage) own.directory = layers_[stage.parent].directory;
      for (const Instruction& instruction : stage.instructions) {
        if (!instruction.on_build) take(stage, instruction, own);
      }
    }
  }

 private:
  void take(const Stage& stage, const Instruction& instruction, Layers& own) {
    switch (instruction.op) {
      case Op::workdir:
        if (!instruction.words.empty()) {
          const Text& path = instruction.words[0];
          own.directory = (path.written() ? path_in(own.directory, path.value) : std::nullopt)
                              .value_or(std::string(kSomewhere));
        }
        break;
      case Op::copy:
      case Op::add: copied(instruction, own); break;
      case Op::env: env(stage, instruction, own); break;
      case Op::arg:
        for (const BuildPair& pair : instruction.pairs) arg(pair, own);
        break;
      case Op::run: ran(stage, instruction, own); break;
      default: break;
    }
  }

  // --- what is put into layers

  void copied(const Instruction& instruction, Layers& own) {
    if (instruction.words.empty() || !instruction.words.back().written()) return;
    const std::string_view written = instruction.words.back().value;
    const auto to = path_in(own.directory, written);
    if (!to) return;
    const bool directory = written.ends_with('/') || written == "." || written.ends_with("/.") ||
                           instruction.words.size() > 2;
    if (!instruction.heredocs.empty()) named(*to, {instruction.at, instruction.op, {}}, own);
    for (const Text& source : instruction.sources()) {
      if (!source.written() || source.value.find("://") != std::string_view::npos) continue;
      std::string_view path = source.value;
      while (path.ends_with('*')) path.remove_suffix(1);
      const Put put{source.at, instruction.op, secret_file_kind(path)};
      if (put.kind.empty()) {
        const auto from = path_in("", path.empty() ? "." : path);
        if (instruction.takes_context() && from) {
          own.trees[*to] = {from->empty() ? "" : from->substr(1), put};
        }
        if (!directory) named(*to, put, own);  // `COPY npmrc.ci /root/.npmrc`
        continue;
      }
      own.files[*to + '/' + std::string(base_name(path))] = put;
      if (!directory) own.files[*to] = put;
    }
  }

  // A file whose name says what it holds where it is put.
  static void named(const std::string& to, Put put, Layers& own) {
    put.kind = secret_file_kind(to);
    if (!put.kind.empty()) own.files[to] = put;
  }

  void arg(const BuildPair& pair, Layers& own) {
    const NameSays says = name_says(pair.name.value);
    const bool named = says == NameSays::password || says == NameSays::secret;
    if (pair.value.state == Text::State::absent
            ? !named
            : !secret_in_value(pair.name.value, pair.value.value).real()) {
      return;
    }
    own.variables[pair.name.value] = {pair.name.at, Op::arg};
  }

  void env(const Stage& stage, const Instruction& instruction, Layers& own) {
    for (const BuildPair& pair : instruction.pairs) {
      const std::string_view name = pair.name.value;
      const NameSays says = name_says(name);
      const bool handed_on = pair.value.state == Text::State::unresolved &&
                             (says == NameSays::password || says == NameSays::secret);
      if (handed_on || secret_in_value(name, pair.value.value).real()) {
        own.variables[name] = {pair.name.at, Op::env};
      } else if (const Variable* variable = find_variable(own, name);
                 variable != nullptr && pair.value.is("")) {
        report(stage, pair.name.at, variable->at,
               subject(build_, stage, instruction) + " empties " + quoted(name) + ", which an " +
                   "earlier " + std::string(name_of(variable->op)) + " set and which stays in " +
                   where(stage, "the history of the image") + "; it must be mounted as a secret",
               "Delete both, and write `" + with_secret_mount(nullptr, name) + "`");
      }
    }
  }

  // --- what is removed

  void ran(const Stage& stage, const Instruction& instruction, Layers& own) {
    std::map<std::string, Put> made;
    for_each_command(stage, instruction, [&](const BuildCommand& command) {
      std::string directory = own.directory;
      CommandWords words = command.words();
      for (Word word; words.next(word);) {
        if (word.role != Word::Role::argument || word.text.starts_with('-')) continue;
        if (word.program == "cd") {
          directory = path_in(directory, word.text).value_or(std::string(kSomewhere));
        } else if (removes(word.program) && !word.redirected) {
          if (const auto path = path_in(directory, word.text)) {
            removed(command, word, *path, own, made);
          }
        } else if (word.program == "unset") {
          unset(command, word, own);
        } else if (const std::string_view kind = secret_file_kind(word.text);
                   !kind.empty() && makes(word)) {
          const auto path = path_in(directory, word.text);
          if (path) made[*path] = {command.at(word), Op::run, kind};
        }
      }
    });
    own.files.merge(made);
  }

  // `echo "$KEY" > ~/.ssh/id_rsa`, `tee`, `ssh-keygen -f`.
  static bool makes(const Word& word) noexcept {
    const std::string_view program = word.program;
    if (program == "tee" || program == "ssh-keygen") return true;
    return word.redirected &&
           (program == "echo" || program == "printf" || program == "cat" || program == "base64");
  }

  // Of an image the layers tell: check_image().
  void removed(const BuildCommand& command, const Word& word, const std::string& path,
               const Layers& own, std::map<std::string, Put>& made) {
    if (build_.surface == Surface::image) return;
    made.erase(path);
    const std::string inside = path + '/';
    for (auto it = made.lower_bound(inside); it != made.end() && it->first.starts_with(inside);) {
      it = made.erase(it);
    }
    const Layers* layers = &own;
    for (int n = 0; n < kLongestChain; ++n) {
      if (const Found found = find_file(*layers, path); found.put.at != kNoNode) {
        return report_file(command, word, path, found);
      }
      if (layers->parent == kNoStage) return;
      layers = &layers_[layers->parent];
    }
  }

  void report_file(const BuildCommand& command, const Word& word, const std::string& path,
                   const Found& found) {
    const Put& put = found.put;
    const bool inside = found.path != path && !has_wildcard(path);
    report(
        command.stage, command.at(word), put.at,
        subject(build_, command.stage, command.instruction) + " removes " + quoted(word.text) +
            " (" + (inside ? "in it " : "") + std::string(put.kind) + "), which an earlier " +
            std::string(name_of(put.op)) + " put there and which stays in " +
            where(command.stage, "an earlier layer of the image") +
            (found.along ? "; .dockerignore must exclude it" : "; it must be mounted as a secret"),
        found.along ? "Add to .dockerignore: **/" + shown(base_name(found.path))
                    : "Delete both, and write `" + mount_of(found.path) + "` where it is needed");
  }

  // `RUN --mount=type=secret,id=netrc,target=/root/.netrc COMMAND`.
  static std::string mount_of(const std::string& path) {
    const auto plain = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '.' || c == '_' || c == '-' || c == '/';
    };
    std::string_view id = base_name(path);
    while (id.starts_with('.')) id.remove_prefix(1);
    if (id.empty() || !std::all_of(id.begin(), id.end(), plain)) id = "NAME";
    const bool known = path.size() <= kShownBytes && std::all_of(path.begin(), path.end(), plain);
    return "RUN --mount=type=secret,id=" + shown(id) +
           ",target=" + (known ? path : "/run/secrets/" + shown(id)) + " COMMAND";
  }

  void unset(const BuildCommand& command, const Word& word, const Layers& own) {
    const Variable* variable = find_variable(own, word.text);
    if (variable == nullptr) return;
    report(command.stage, command.at(word), variable->at,
           subject(build_, command.stage, command.instruction) + " unsets " + quoted(word.text) +
               " for itself alone: what " + std::string(name_of(variable->op)) + " set stays in " +
               where(command.stage, in_image(*variable)) + "; it must be mounted as a secret",
           "Delete both, and write `" + with_secret_mount(nullptr, word.text) + "`");
  }

  // --- what an earlier instruction left

  [[nodiscard]] const Variable* find_variable(const Layers& own, std::string_view name) const {
    const Layers* layers = &own;
    for (int n = 0; n < kLongestChain; ++n) {
      const auto found = layers->variables.find(name);
      if (found != layers->variables.end()) return &found->second;
      if (layers->parent == kNoStage) break;
      layers = &layers_[layers->parent];
    }
    return nullptr;
  }

  // What was put at `path`, below it, or at what it stands for.
  [[nodiscard]] Found find_file(const Layers& layers, const std::string& path) const {
    const std::size_t slash = path.rfind('/');
    const std::string_view name = std::string_view(path).substr(slash + 1);
    if (!has_wildcard(name)) {
      if (const auto found = layers.files.find(path); found != layers.files.end()) {
        return {found->second, path};
      }
      const std::string inside = path + '/';
      const auto below = layers.files.lower_bound(inside);
      if (below != layers.files.end() && below->first.starts_with(inside)) {
        return {below->second, below->first};
      }
      return find_in_trees(layers, path);
    }
    const std::string directory = path.substr(0, slash + 1);
    auto each = layers.files.lower_bound(directory);
    for (int n = 0; n < kMostMatches && each != layers.files.end(); ++n, ++each) {
      if (!each->first.starts_with(directory)) break;
      const std::string_view rest = std::string_view(each->first).substr(directory.size());
      if (matches_glob(name, rest.substr(0, rest.find('/')))) return {each->second, each->first};
    }
    return {};
  }

  // A file of the context that came along with its directory.
  [[nodiscard]] Found find_in_trees(const Layers& layers, const std::string& path) const {
    const std::string_view kind = secret_file_kind(path);
    for (std::size_t end = path.size(); end != std::string::npos;
         end = end == 0 ? std::string::npos : path.rfind('/', end - 1)) {
      const auto tree = layers.trees.find(path.substr(0, end));
      if (tree == layers.trees.end()) continue;
      const auto& [from, put] = tree->second;
      std::string source = from + path.substr(end);
      if (source.starts_with('/')) source.erase(0, 1);
      auto known = context_.find(source);
      if (known == context_.end()) {
        if (!source.empty()) source += '/';
        known = context_.lower_bound(source);
        if (known != context_.end() && !known->starts_with(source)) known = context_.end();
      }
      if (known != context_.end()) {
        const std::string_view below = std::string_view(*known).substr(from.size());
        return {{put.at, put.op, secret_file_kind(*known)},
                tree->first + (below.starts_with('/') ? "" : "/") + std::string(below),
                true};
      }
      // Whoever removes it expects it to be there, unless what is there is known.
      const bool guess = build_.context == nullptr || build_.context->ignore_file.empty();
      if (from.empty() && guess && !kind.empty() && end != path.size()) {
        return {{put.at, put.op, kind}, path, true};
      }
    }
    return {};
  }

  // --- what is said

  static std::string_view in_image(const Variable& variable) noexcept {
    return variable.op == Op::arg ? "the history of the image" : "the configuration of the image";
  }
  [[nodiscard]] std::string where(const Stage& stage, std::string_view in_image) const {
    if (!shipped_[stage.index]) return "the build cache";
    return std::string(in_image) + ", for everybody who pulls it";
  }

  void report(const Stage& stage, NodeId at, NodeId related, std::string message, std::string fix) {
    sink_.report(
        {.at = at, .message = std::move(message), .fix = std::move(fix), .related = related},
        shipped_[stage.index] ? Severity::critical : Severity::medium, kAdvice);
  }

  const Build& build_;
  Sink& sink_;
  std::vector<bool> shipped_;
  std::vector<Layers> layers_;
  std::set<std::string_view> context_;
};

bool has_removal(const Build& build) {
  bool found = false;
  for_each_instruction(build, [&](const Stage& stage, const Instruction& instruction) {
    found = found || empties(instruction);
    if (found || instruction.op != Op::run) return;
    for_each_command(stage, instruction, [&](const BuildCommand& command) {
      CommandWords words = command.words();
      for (Word word; !found && words.next(word);) {
        found =
            word.role == Word::Role::program && (removes(word.program) || word.program == "unset");
      }
    });
  });
  return found;
}

void check(const Build& build, Sink& sink) {
  if (has_removal(build)) Search(build, sink).run();
}

void check_image(const LayeredImage& image, Sink& sink) {
  for (const Layer& layer : image.layers) {
    for (const ImageFile& file : layer.files) {
      const Layer* later = image.layer(file.hidden_by);
      if (later == nullptr || !holds_secret(file)) continue;
      sink.report({.at = later->at,
                   .message = name_of(*later) + (file.deleted ? " deletes " : " replaces ") +
                              quoted(file.path) + ", which stays in " + name_of(layer) +
                              " for everybody who pulls the image: " + what_it_holds(file) +
                              "; it must not be in any layer",
                   .fix = "Write `RUN --mount=type=secret,id=NAME COMMAND` instead of both, build "
                          "again, and change the secret",
                   .related = file.at},
                  severity_of(file), kAdvice);
    }
  }
}

constexpr std::string_view kReferences[] = {
    "https://docs.docker.com/build/building/secrets/",
    "https://docs.docker.com/engine/storage/drivers/#images-and-layers"};

constexpr OnSurface kMore[] = {
    {.surface = Surface::image,
     .remediation = "Build it again without the secret in any instruction: `RUN "
                    "--mount=type=secret,id=NAME …`; delete the old image, and change the secret.",
     .bad = R"(ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in /
COPY .npmrc /app/ # buildkit
# file: 600 app/.npmrc //registry.example/:_authToken=quiet-otter-17-and-more
# expect-next: deleted-secret-recoverable
RUN /bin/sh -c npm ci && rm /app/.npmrc # buildkit
# delete: app/.npmrc
USER 10001
)",
     .good = R"(ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in /
COPY package.json /app/ # buildkit
# file: 644 app/package.json {}
RUN /bin/sh -c npm ci # buildkit
USER 10001
)"}};

}  // namespace

extern constinit const Rule rule_deleted_secret_recoverable = checked({
    .id = "KA4009",
    .slug = "deleted-secret-recoverable",
    .title = "A secret is removed too late",
    .rationale =
        "Every instruction makes a layer of its own, and a later one only hides what an earlier "
        "one holds: everybody who can pull the image unpacks the earlier layer or reads the "
        "history, and has the secret.",
    .remediation =
        "Delete the instruction that brings the secret, and mount it for the one RUN that needs "
        "it: `RUN --mount=type=secret,id=NAME …`; change a secret that was published.",
    .severity = Severity::critical,
    .surfaces = {Surface::dockerfile, Surface::image},
    .aliases = {},
    .references = kReferences,
    .bad = R"(FROM registry.example/node:22.11.0
COPY .npmrc package.json ./
# expect-next: deleted-secret-recoverable
RUN npm ci && rm .npmrc
USER 10001
)",
    .good = R"(FROM registry.example/node:22.11.0
COPY package.json ./
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci
USER 10001
)",
    .checks = {.build = check, .image = check_image},
    .more = kMore,
});

}  // namespace kaudit
