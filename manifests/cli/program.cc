#include "manifests/cli/program.h"

#include <string_view>
#include <utility>

#include "manifests/cli/audit_command.h"
#include "manifests/cli/diff_command.h"
#include "manifests/cli/exemptions_command.h"
#include "manifests/cli/exit_code.h"
#include "manifests/cli/messages.h"
#include "manifests/cli/options.h"
#include "manifests/cli/other_commands.h"
#include "manifests/cli/review_command.h"
#include "manifests/cli/signals.h"
#include "manifests/policy/arguments.h"

namespace kaudit {

int run_program(std::vector<std::string> arguments) {
  keep_standard_descriptors();
  handle_signals();
  const auto options = parse_options(std::move(arguments));
  if (!options) {
    Messages(false, false).error(options.error().message);
    return kExitTrouble;
  }
  Messages messages(options->quiet, options->verbose);
  if (options->help) return print(help_text(), messages);
  if (options->version) return print(version_text("kaudit"), messages);
  switch (options->command) {
    case Command::audit: return run_audit(*options, messages);
    case Command::diff: return run_diff(*options, messages);
    case Command::rules: return run_rules(*options, messages);
    case Command::explain: return run_explain(*options, messages);
    case Command::facts: return run_facts(*options, messages);
    case Command::review: return run_review(*options, messages);
    case Command::exemptions: return run_exemptions(*options, messages);
    case Command::completion: return run_completion(*options, messages);
  }
  return kExitTrouble;
}

}  // namespace kaudit
