// Compose projects: files of the Compose Specification, and what they refer to, into facts.
//
// A project is resolved as `docker compose config` does it (github.com/compose-spec/compose-go is
// the reference): variables, merge keys, `extends`, `include`, override files. Profiles are not
// chosen: every service counts. A variable that has no value in a file of the project is
// unresolved, whatever the environment of whoever runs it holds.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/facts.h"
#include "core/result.h"

namespace kaudit {

// What a document is, told by its members alone.
enum class ComposeForm : std::uint8_t {
  none,      // something else
  services,  // has `services:`
  fragment,  // other sections only: `include:`, `volumes:`, `networks:`, `x-…`
  v1,        // the old form: services at the top
  empty,     // holds nothing
};
// Not `none` where every member is one of Compose's; `certain`: nothing but a Compose file looks
// like that, so that its name need not say so.
struct ComposeGuess {
  ComposeForm form = ComposeForm::none;
  bool certain = false;
};
[[nodiscard]] ComposeGuess guess_compose(const Document& document);
[[nodiscard]] std::string_view name_of(ComposeForm form) noexcept;

// compose.yaml, docker-compose.prod.yml, shop.compose.yaml …: by which name a file is taken for a
// Compose file unless its content says otherwise. `name`: without directories.
[[nodiscard]] bool is_compose_name(std::string_view name) noexcept;
// `compose.override.yaml` of `compose.yaml`: what Compose reads along with it, in the order in
// which it looks. Empty for names that have none.
[[nodiscard]] std::vector<std::string> override_names(std::string_view name);
// The other way round: the names of the files along with which Compose reads this one.
[[nodiscard]] std::vector<std::string> base_names(std::string_view name);

// The files beside a project's own. The adapter has no other way to them.
class ProjectFiles {
 public:
  virtual ~ProjectFiles() = default;
  // `path`: relative to the directory of the project's first file, without `.` and doubled slashes,
  // `..` in front only. The Source's name is what reports print. Errors: not_found, or why it is
  // not read (a link, outside the project); the message is the reason alone.
  [[nodiscard]] virtual Result<std::shared_ptr<const Source>> read(const std::string& path) = 0;
  // Whether git leaves that path out; nothing where there is no repository.
  [[nodiscard]] virtual std::optional<bool> ignored_by_git(const std::string& path) = 0;
};

// Ownership: the visitor's facts end with its calls. Thread-safety: one thread each.
class ComposeAdapter {
 public:
  struct Outcome {
    ComposeForm form = ComposeForm::none;
    std::size_t documents = 0;  // read, empty ones not counted
    std::vector<Error> errors;  // what could not be read or followed; the rest was judged
  };
  // `files`: merged in this order, as `docker compose -f a -f b` does it; never empty. `beside`:
  // null leaves extends, include, env_file and .env alone without a word.
  [[nodiscard]] Outcome adapt(std::span<const std::shared_ptr<const Source>> files,
                              ProjectFiles* beside, const Limits& limits, FactVisitor& visitor);
};

}  // namespace kaudit
