// Reads: the stages that the image is made of: what they begin with, and their RUN. Refused: an
// image made for building (golang, maven, dotnet/sdk) that is run; compilers and development files
// that are installed and stay; a package manager that installs development dependencies, unless a
// later RUN prunes them (low: they are only the tests' tools, if there are any). Allowed: a RUN
// that removes what it installed. Not judged: images without ENTRYPOINT and CMD of their own, which
// are tools or bases of others, and final stages that say they are for development or tests.
#include <algorithm>
#include <array>

#include "core/official_image.h"
#include "core/rule.h"
#include "core/rules/build_message.h"

namespace kaudit {
namespace {

template <std::size_t N>
bool is_one_of(std::string_view text, const std::string_view (&list)[N]) noexcept {
  return std::find(std::begin(list), std::end(list), text) != std::end(list);
}

bool is_toolchain(const Image& image) noexcept {
  constexpr std::string_view kOfficial[] = {"buildpack-deps", "clojure", "dart",  "gcc", "golang",
                                            "gradle",         "haskell", "maven", "rust"};
  if (!image.valid()) return false;
  if (image.ref.registry == "mcr.microsoft.com" && image.ref.repository == "dotnet/sdk") {
    return true;
  }
  return is_one_of(official_name(image.ref), kOfficial);
}

bool is_compiler_or_headers(std::string_view package) noexcept {
  constexpr std::string_view kPackages[] = {
      "autoconf", "automake",      "build-base", "build-essential", "cargo", "clang",  "cmake",
      "g++",      "gcc",           "gcc-c++",    "gfortran",        "go",    "golang", "golang-go",
      "gradle",   "linux-headers", "llvm",       "maven",           "rustc"};
  package = package.substr(0, package.find_first_of("=:~<>"));
  return is_one_of(package, kPackages) || package.ends_with("-dev") ||
         package.ends_with("-devel") || package.ends_with("-jdk") ||
         package.ends_with("-jdk-headless");
}

// A command that installs or removes packages, from its words so far.
enum class Doing { nothing, installs, removes };

Doing doing_of(std::string_view program, std::string_view verb) noexcept {
  constexpr std::string_view kManagers[] = {"apk",      "apt",  "apt-get", "aptitude", "dnf",
                                            "microdnf", "tdnf", "yum",     "zypper"};
  constexpr std::string_view kInstall[] = {"add", "groupinstall", "in", "install"};
  constexpr std::string_view kRemove[] = {"autoremove", "del", "erase", "purge", "remove", "rm"};
  if (!is_one_of(program, kManagers)) return Doing::nothing;
  if (is_one_of(verb, kInstall)) return Doing::installs;
  return is_one_of(verb, kRemove) ? Doing::removes : Doing::nothing;
}

// What a package manager of a language is told, gathered over one command.
struct Dependencies {
  std::string_view program, verb;
  bool production = false;
  bool names = false;  // `npm install left-pad` installs that alone

  [[nodiscard]] bool development() const noexcept {
    if (production || verb.empty()) return false;
    if (program == "npm") return verb == "ci" || ((verb == "install" || verb == "i") && !names);
    if (program == "yarn" || program == "pnpm") return verb == "install" && !names;
    if (program == "composer" || program == "poetry") return verb == "install";
    return false;
  }
  [[nodiscard]] bool prunes() const noexcept {
    return (program == "npm" || program == "pnpm" || program == "yarn") && verb == "prune";
  }
  void take(std::string_view word) noexcept {
    constexpr std::string_view kProduction[] = {"--omit=dev",
                                                "--production",
                                                "--production=true",
                                                "--only=production",
                                                "--only=prod",
                                                "--prod",
                                                "-P",
                                                "--no-dev",
                                                "--without=dev",
                                                "--only=main",
                                                "--global",
                                                "-g",
                                                "dev",
                                                "main",
                                                "production",
                                                "--location=global"};
    if (is_one_of(word, kProduction)) production = true;
    if (word.starts_with('-')) return;
    if (verb.empty()) {
      verb = word;
    } else if (!is_one_of(word, kProduction)) {
      names = true;
    }
  }
};

// What one RUN leaves behind.
struct Left {
  Word compiler;      // program empty: none
  Word dependencies;  // likewise
  bool removes = false, prunes = false;
};

Left left_by(const BuildCommand& command) noexcept {
  Left left;
  CommandWords words = command.words();
  Dependencies dependencies;
  Word first;  // of the command at hand
  std::uint32_t number = ~std::uint32_t{0};
  Doing doing = Doing::nothing;
  const auto end_command = [&] {
    if (dependencies.prunes()) left.prunes = true;
    if (left.dependencies.program.empty() && dependencies.development()) left.dependencies = first;
  };
  for (Word word; words.next(word);) {
    if (word.command != number) {
      end_command();
      number = word.command;
      dependencies = {};
      doing = Doing::nothing;
    }
    if (word.role == Word::Role::program) {
      first = word;
      dependencies = {.program = word.program, .verb = {}};
      continue;
    }
    if (word.role != Word::Role::argument) continue;
    dependencies.take(word.text);
    if (doing == Doing::nothing) {
      doing = doing_of(word.program, word.text);
      if (doing == Doing::removes) left.removes = true;
    } else if (doing == Doing::installs && left.compiler.program.empty() &&
               is_compiler_or_headers(word.text)) {
      left.compiler = word;
    }
  }
  end_command();
  return left;
}

bool is_for_developers(const Stage& stage) noexcept {
  const std::string_view name = stage.name.value;
  return stage.name.written() &&
         (name.starts_with("dev") || name.starts_with("test") || name == "ci");
}

bool sets_production(const Instruction& instruction) noexcept {
  if (instruction.op != Op::env && instruction.op != Op::arg) return false;
  return std::any_of(instruction.pairs.begin(), instruction.pairs.end(), [](const BuildPair& pair) {
    return pair.name.value == "NODE_ENV" && pair.value.is("production");
  });
}

void check(const Build& build, Sink& sink) {
  const Stage* last = build.final_stage();
  if (last == nullptr || is_for_developers(*last)) return;
  if (build.last(*last, Op::cmd) == nullptr && build.last(*last, Op::entrypoint) == nullptr) return;
  const Stage& root = build.root_of(*last);
  const Image image = image_of(root.base);
  const bool toolchain = is_toolchain(image);
  if (toolchain) {
    sink.report({.at = image.at,
                 .message = subject(build, root) + " is run on " + quoted(image.value) +
                            ", which is made for building: it holds compilers and sources; the "
                            "program must be copied into a stage of its own",
                 .fix = "FROM " + std::string(shown_part(image.value)) +
                        " AS build … FROM SMALL-IMAGE … COPY --from=build /out/app /app"});
  }
  const std::vector<bool> shipped = shipped_stages(build);
  bool production = false, prunes = false;
  for_each_instruction(build, [&](const Stage& stage, const Instruction& instruction) {
    if (shipped[stage.index] && sets_production(instruction)) production = true;
  });
  for_each_command(build, [&](const BuildCommand& command) {
    if (shipped[command.stage.index] && left_by(command).prunes) prunes = true;
  });
  for_each_command(build, [&](const BuildCommand& command) {
    if (!shipped[command.stage.index] || command.instruction.op != Op::run) return;
    const Left left = left_by(command);
    const std::string who = subject(build, command.stage, command.instruction);
    if (!left.compiler.program.empty() && !left.removes && !toolchain) {
      sink.report({.at = command.at(left.compiler),
                   .message = who + " leaves " + quoted(left.compiler.text) +
                              " in the image, which only building needs; it must be installed in "
                              "a stage before, or removed by the same RUN",
                   .fix = "FROM " + std::string(shown_part(root.base.value)) + " AS build … RUN " +
                          std::string(shown_part(left.compiler.program)) +
                          " … and COPY --from=build what was built"});
    }
    if (left.dependencies.program.empty() || production || prunes) return;
    const std::string_view program = left.dependencies.program;
    const bool npm = program == "npm";
    sink.report({.at = command.at(left.dependencies),
                 .message = who + " installs with " + std::string(program) +
                            " what only development needs; it must leave that out",
                 .fix = npm                     ? "npm ci --omit=dev"
                        : program == "composer" ? "composer install --no-dev"
                        : program == "poetry"   ? "poetry install --only=main"
                        : program == "pnpm"     ? "pnpm install --prod"
                                                : "yarn install --production"},
                Severity::low, kAdvice);
  });
}

constexpr std::string_view kReferences[] = {"https://docs.docker.com/build/building/multi-stage/"};

}  // namespace

extern constinit const Rule rule_single_stage_build = checked({
    .id = "KA3006",
    .slug = "single-stage-build",
    .title = "Image ships what only building needs",
    .rationale =
        "A compiler, headers and development dependencies in the image are tools for whoever gets "
        "in, hundreds of packages more that have holes, and with the sources what the program "
        "does in plain text. None of it is needed once the program is built.",
    .remediation =
        "Build in a stage of its own and copy the result: `FROM golang:1.27 AS build` … `FROM "
        "gcr.io/distroless/static` … `COPY --from=build /out/app /app`.",
    .severity = Severity::medium,
    .surfaces = {Surface::dockerfile},
    .aliases = {},
    .references = kReferences,
    .bad = R"(# expect-next: single-stage-build
FROM golang:1.27
COPY . .
RUN go build -o /app .
USER 10001
CMD ["/app"]
)",
    .good = R"(FROM golang:1.27 AS build
COPY . .
RUN go build -o /app .
FROM gcr.io/distroless/static:nonroot
COPY --from=build /app /app
CMD ["/app"]
)",
    .checks = {.build = check},
});

}  // namespace kaudit
