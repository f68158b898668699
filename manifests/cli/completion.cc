#include "manifests/cli/completion.h"

#include <algorithm>

#include "core/rule.h"
#include "manifests/cli/command_line.h"
#include "manifests/policy/policy.h"

namespace kaudit {
namespace {

using Offer = OptionRow::Offer;

std::string spaced(std::string_view words) {
  std::string text(words);
  std::replace(text.begin(), text.end(), '|', ' ');
  return text;
}

std::string slugs() {
  std::string text;
  for (const Rule* rule : all_rules()) {
    if (!text.empty()) text += ' ';
    text += rule->slug;
  }
  return text;
}

std::string command_names() {
  std::string text;
  for (const CommandRow& row : command_rows()) {
    if (row.name.empty()) continue;
    if (!text.empty()) text += ' ';
    text += row.name;
  }
  return text;
}

std::string option_names(Command command) {
  std::string text;
  for (const OptionRow& row : option_rows()) {
    if (!takes(row, command)) continue;
    if (!text.empty()) text += ' ';
    text += row.long_name;
    if (!row.short_name.empty()) text.append(" ").append(row.short_name);
  }
  return text;
}

std::string bash() {
  std::string text =
      "# bash completion for kaudit\n"
      "_kaudit() {\n"
      "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} head= words=\n"
      "  # readline takes --option=value apart at the equals sign\n"
      "  if [[ $cur == '=' ]]; then\n"
      "    cur=\n"
      "  elif [[ $prev == '=' ]]; then\n"
      "    prev=${COMP_WORDS[COMP_CWORD-2]}\n"
      "  fi\n"
      "  local rules='" +
      slugs() +
      "'\n"
      "  case $prev in\n";
  for (const OptionRow& row : option_rows()) {
    if (row.value.empty()) continue;
    text.append("    ").append(row.long_name);
    if (!row.short_name.empty()) text.append("|").append(row.short_name);
    text += ") ";
    switch (row.offer) {
      case Offer::words:
        text += "COMPREPLY=($(compgen -W '" + spaced(row.words) + "' -- \"$cur\"))";
        break;
      case Offer::rules:
        text +=
            "[[ $cur == *,* ]] && head=${cur%,*},\n"
            "      COMPREPLY=($(compgen -P \"$head\" -W \"$rules\" -- \"${cur##*,}\"))";
        break;
      case Offer::files: text += "COMPREPLY=(); compopt -o default"; break;
      case Offer::nothing: text += "COMPREPLY=()"; break;
    }
    text += "; return ;;\n";
  }
  text += "  esac\n  case ${COMP_WORDS[1]} in\n";
  for (const CommandRow& row : command_rows()) {
    if (row.name.empty()) continue;
    text.append("    ").append(row.name).append(") words='").append(option_names(row.command));
    text += "' ;;\n";
  }
  text += "    *) words='" + option_names(Command::audit) +
          "' ;;\n"
          "  esac\n"
          "  if [[ $cur == -* ]]; then\n"
          "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
          "  elif [[ ${COMP_WORDS[1]} == explain && $COMP_CWORD -gt 1 ]]; then\n"
          "    COMPREPLY=($(compgen -W \"$rules\" -- \"$cur\"))\n"
          "  elif [[ ${COMP_WORDS[1]} == completion && $COMP_CWORD -gt 1 ]]; then\n"
          "    COMPREPLY=($(compgen -W 'bash zsh fish' -- \"$cur\"))\n"
          "  else\n"
          "    compopt -o default\n"
          "    COMPREPLY=()\n"
          "    [[ $COMP_CWORD -eq 1 ]] && COMPREPLY=($(compgen -W '" +
          command_names() +
          "' -- \"$cur\") $(compgen -f -- \"$cur\"))\n"
          "  fi\n"
          "}\n"
          "complete -F _kaudit kaudit\n";
  return text;
}

// Inside '...[help]:value:...' of _arguments.
std::string zsh_help(std::string_view help) {
  std::string text;
  for (const char c : help) {
    if (c == '\'') {
      text += "'\\''";
      continue;
    }
    if (c == '[' || c == ']' || c == ':' || c == '\\') text += '\\';
    text += c;
  }
  return text;
}

std::string zsh_options(Command command) {
  std::string text;
  for (const OptionRow& row : option_rows()) {
    if (!takes(row, command)) continue;
    for (const std::string_view name : {row.long_name, row.short_name}) {
      if (name.empty()) continue;
      text.append("    '*").append(name);
      if (!row.value.empty() && name.starts_with("--")) text += '=';
      text += "[" + zsh_help(row.help) + "]";
      if (!row.value.empty()) {
        text.append(":").append(row.value).append(":");
        switch (row.offer) {
          case Offer::words: text += "(" + spaced(row.words) + ")"; break;
          case Offer::rules: text += "_sequence compadd - $rules"; break;
          case Offer::files: text += "_files"; break;
          case Offer::nothing: text += " "; break;
        }
      }
      text += "' \\\n";
    }
  }
  return text;
}

std::string zsh() {
  std::string text =
      "#compdef kaudit\n# zsh completion for kaudit\n_kaudit() {\n  local -a rules=(" + slugs() +
      ")\n  case ${words[2]} in\n";
  for (const CommandRow& row : command_rows()) {
    if (row.name.empty()) continue;
    text.append("  ")
        .append(row.name)
        .append(") _arguments -S \\\n")
        .append(zsh_options(row.command));
    text += "    '1: :' ";
    if (row.command == Command::explain) text += "'*:rule:(${rules})'";
    if (row.operands == "[PATH...]" || row.operands == "FILE" || row.operands == "OLD NEW")
      text += "'*:path:_files'";
    if (row.command == Command::completion) text += "'2:shell:(bash zsh fish)'";
    text += " ;;\n";
  }
  text +=
      "  *) _arguments -S \\\n" + zsh_options(Command::audit) + "    '1:path:{ compadd " +
      command_names() +
      "; _files }' '*:path:_files' ;;\n"
      "  esac\n}\n"
      // As an autoloaded function the file is the function's body; sourced, it registers it.
      "if [[ $funcstack[1] == _kaudit ]]; then _kaudit \"$@\"; else compdef _kaudit kaudit; fi\n";
  return text;
}

std::string fish_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

std::string fish() {
  std::string text = "# fish completion for kaudit\nset -l rules " + slugs() + "\n";
  for (const CommandRow& row : command_rows()) {
    if (row.name.empty()) continue;
    text.append("complete -c kaudit -n __fish_use_subcommand -a ").append(row.name);
    text.append(" -d ").append(fish_quoted(row.help)) += '\n';
  }
  text +=
      "complete -c kaudit -n '__fish_seen_subcommand_from explain' -f -a \"$rules\"\n"
      "complete -c kaudit -n '__fish_seen_subcommand_from completion' -f -a 'bash zsh fish'\n";
  for (const OptionRow& row : option_rows()) {
    std::string unless;  // commands that do not take it
    for (const CommandRow& command : command_rows()) {
      if (!takes(row, command.command)) unless.append(" ").append(command.name);
    }
    text += "complete -c kaudit";
    if (!unless.empty()) text += " -n 'not __fish_seen_subcommand_from" + unless + "'";
    text.append(" -l ").append(row.long_name.substr(2));
    if (!row.short_name.empty()) text.append(" -s ").append(row.short_name.substr(1));
    switch (row.value.empty() ? Offer::nothing : row.offer) {
      case Offer::words: text += " -x -a '" + spaced(row.words) + "'"; break;
      case Offer::rules:
        text += " -x -a \"(__fish_complete_list , 'string split \\\" \\\" $rules')\"";
        break;
      case Offer::files: text += " -r -F"; break;
      case Offer::nothing: text += row.value.empty() ? "" : " -x"; break;
    }
    text.append(" -d ").append(fish_quoted(row.help)) += '\n';
  }
  return text;
}

}  // namespace

Result<std::string> completion_script(std::string_view shell) {
  if (shell == "bash") return bash();
  if (shell == "zsh") return zsh();
  if (shell == "fish") return fish();
  return Error{ErrorCode::config,
               in_quotes(shell) + " is no shell with completions here (bash, zsh, fish)" +
                   did_you_mean(shell, {"bash", "zsh", "fish"}),
               {}};
}

}  // namespace kaudit
