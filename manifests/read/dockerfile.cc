#include "manifests/read/dockerfile.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/build_words.h"
#include "manifests/read/dockerfile_lines.h"
#include "manifests/read/dockerfile_words.h"
#include "manifests/read/read.h"
#include "manifests/read/utf8.h"

namespace kaudit {
namespace {

using read::Directive;
using read::DockerfileLines;
using read::FlagWord;
using read::JsonArray;
using read::LogicalLine;
using read::PhysicalLine;
using read::Span;

// A binary file that somebody calls a Dockerfile has an error on every line.
constexpr std::size_t kMostErrors = 100;

enum class Shape : std::uint8_t {
  from,     // words, one or three of them
  paths,    // words or a JSON array, two or more: sources and destination
  list,     // words, one or more
  volumes,  // words or a JSON array, one or more
  text,     // one word, blanks and all
  pairs,    // NAME=value …, or NAME value
  args,     // NAME or NAME=value …
  command,  // JSON array or script, perhaps empty
  shell,    // JSON array
  health,   // NONE or CMD and a command
  trigger,  // another instruction
};

struct Operation {
  std::string_view name;
  Shape shape;
  std::string_view flags;  // with a blank around each; `=` behind those that need a value
  bool heredocs = false;
};

constexpr std::array<Operation, 18> kOperations = {{
    {"ADD", Shape::paths, " chown= chmod= link keep-git-dir checksum= unpack exclude= ", true},
    {"ARG", Shape::args, " "},
    {"CMD", Shape::command, " "},
    {"COPY", Shape::paths, " chown= from= chmod= link exclude= parents ", true},
    {"ENTRYPOINT", Shape::command, " "},
    {"ENV", Shape::pairs, " "},
    {"EXPOSE", Shape::list, " "},
    {"FROM", Shape::from, " platform= "},
    {"HEALTHCHECK", Shape::health, " interval= timeout= start-period= start-interval= retries= "},
    {"LABEL", Shape::pairs, " "},
    {"MAINTAINER", Shape::text, " "},
    {"ONBUILD", Shape::trigger, " "},
    {"RUN", Shape::command, " mount= network= security= device= ", true},
    {"SHELL", Shape::shell, " "},
    {"STOPSIGNAL", Shape::text, " "},
    {"USER", Shape::text, " "},
    {"VOLUME", Shape::volumes, " "},
    {"WORKDIR", Shape::text, " "},
}};

bool equal_ignoring_case(std::string_view written, std::string_view upper) noexcept {
  return written.size() == upper.size() &&
         std::equal(written.begin(), written.end(), upper.begin(), [](char w, char u) {
           return (w >= 'a' && w <= 'z' ? static_cast<char>(w - 'a' + 'A') : w) == u;
         });
}

const Operation* find_operation(std::string_view keyword) noexcept {
  for (const Operation& operation : kOperations) {
    if (equal_ignoring_case(keyword, operation.name)) return &operation;
  }
  return nullptr;
}

// As BuildKit wants it, after it was put in lower case.
bool is_stage_name(std::string_view name) noexcept {
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  return !name.empty() && is_lower(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) {
           return is_lower(c) || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
         });
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

class Reader {
 public:
  Reader(const std::shared_ptr<const Source>& source, const Limits& limits,
         DocumentVisitor& visitor)
      : source_(source), lines_(source->text()), builder_(source, limits), visitor_(visitor) {}

  void run() {
    LogicalLine line;
    builder_.open(Kind::object, Place::offset(0));
    bool first = true;
    while (!gave_up_ && !builder_.failed() && lines_.next(line)) {
      if (std::exchange(first, false)) write_directives();
      instruction(line);
      report_line_errors();
    }
    if (first) {
      write_directives();
      report_line_errors();
      error(0, 0, "the file holds no instruction");
    } else if (stages_ == 0 && !gave_up_) {
      error(0, 0, "the file holds no FROM");
    }
    close_stage();
    builder_.close(Place::offset(source_->text().size()));
    auto document = builder_.finish();
    if (document) {
      if (!first) visitor_.document(*document);
    } else {
      visitor_.error(std::move(document).error());
    }
  }

 private:
  // --- errors

  void error(std::size_t begin, std::size_t end, std::string message) {
    if (gave_up_) return;
    Location where{source_->name(), "", source_->mark(begin), source_->mark(end)};
    if (++errors_ > kMostErrors) {
      gave_up_ = true;
      message = "there are more errors than " + std::to_string(kMostErrors) +
                "; the rest of the file was not read";
    }
    visitor_.error({ErrorCode::malformed, std::move(message), std::move(where)});
  }
  // Of the instruction that is being read.
  void refuse(const LogicalLine& line, std::string message) {
    error(line.begin, line.end, std::move(message));
  }
  void report_line_errors() {
    for (read::LineError& each : lines_.errors()) {
      error(each.begin, each.end, std::move(each.message));
    }
    lines_.errors().clear();
  }

  // False, with an error, for what no text may hold.
  bool is_text(std::string_view text, const auto& offset_of) {
    for (std::size_t at = 0; at < text.size();) {
      const auto byte = static_cast<unsigned char>(text[at]);
      if (byte != 0 && byte < 0x80U) {
        ++at;
        continue;
      }
      const read::CodePoint point = read::decode_utf8(text, at);
      if (point.size == 0 || point.value == 0) {
        const std::size_t offset = offset_of(at);
        error(offset, offset + 1,
              point.size == 0 ? read::invalid_utf8_message(text, at)
                              : std::string("a NUL byte cannot stand in a Dockerfile"));
        return false;
      }
      at += point.size;
    }
    return true;
  }

  // --- writing

  void string(std::string_view text, std::size_t begin, std::size_t end) {
    builder_.scalar(Kind::string, builder_.keep(text), 0, Place::offset(begin), Place::offset(end));
  }
  void string(const LogicalLine& line, Span span) {
    string(std::string_view(line.text).substr(span.begin, span.end - span.begin),
           line.offset(span.begin), line.end_offset(span.end));
  }
  void null(std::size_t at) {
    builder_.scalar(Kind::null, {}, 0, Place::offset(at), Place::offset(at));
  }
  void boolean(bool value, std::size_t at) {
    builder_.scalar(Kind::boolean, value ? "true" : "false", value ? 1 : 0, Place::offset(at),
                    Place::offset(at));
  }
  // Names of ours, which live as long as the program.
  void key(std::string_view name, std::size_t at) { builder_.key(name, Place::offset(at)); }

  void write_directives() {
    if (lines_.directives().empty()) return;
    const std::size_t begin = lines_.directives().front().name_at;
    key("directives", begin);
    builder_.open(Kind::object, Place::offset(begin));
    std::size_t end = begin;
    for (const Directive& directive : lines_.directives()) {
      end = directive.value_at + directive.value.size();
      if (!is_text(directive.value, [&](std::size_t at) { return directive.value_at + at; })) {
        continue;
      }
      builder_.key(builder_.keep(directive.name), Place::offset(directive.name_at));
      string(directive.value, directive.value_at, end);
    }
    builder_.close(Place::offset(end));
  }

  // --- stages

  void close_stage() {
    if (!in_stage_) return;
    builder_.close(Place::offset(last_end_));
    in_stage_ = false;
    counts_.clear();
  }
  void open_stage(std::string_view label, std::size_t at) {
    close_stage();
    builder_.key(builder_.keep(label), Place::offset(at));
    builder_.open(Kind::object, Place::offset(at));
    in_stage_ = true;
  }
  // The stage's own name unless an earlier one has it.
  std::string label_of(std::string name) {
    const std::string number = "stage-" + std::to_string(stages_);
    if (name.empty()) name = number;
    while (!labels_.insert(name).second) name += '-' + std::to_string(stages_);
    return name;
  }

  // --- instructions

  void instruction(const LogicalLine& line) {
    if (!is_text(line.text, [&](std::size_t at) { return line.offset(at); })) {
      skip_heredocs(line);
      return;
    }
    Span rest;
    const Operation* operation = keyword(line, {0, line.text.size()}, rest);
    if (operation == nullptr) return;
    if (operation->shape == Shape::from) {
      std::size_t at = rest.begin;
      (void)read::take_flags(line.text, at, lines_.escape());
      const std::vector<Span> words = read::plain_words(line.text, {at, rest.end});
      std::string name;
      if (words.size() == 3) name = lower(slice(line, words[2]));
      if (!is_stage_name(name)) name.clear();
      open_stage(label_of(std::move(name)), line.begin);
      ++stages_;
    } else if (!in_stage_) {
      open_stage("global", line.begin);
    }
    if (stages_ == 0 && operation->shape != Shape::args) {
      refuse(line, std::string(operation->name) + " stands before the first FROM");
    }
    last_end_ = line.end;
    std::string label(operation->name);
    if (operation->shape != Shape::from) {
      label += '-' + std::to_string(++counts_[operation->name]);
    }
    builder_.key(builder_.keep(label), Place::offset(line.begin));
    write_instruction(*operation, line, line.begin, rest);
  }

  // The keyword at the beginning of `span`; null, with an error, where there is none.
  const Operation* keyword(const LogicalLine& line, Span span, Span& rest) {
    span = read::trimmed(line.text, span);
    const std::vector<Span> words = read::plain_words(line.text, span);
    const Operation* operation = words.empty() ? nullptr : find_operation(slice(line, words[0]));
    if (operation == nullptr) {
      // It is not quoted: what broke off from the line before may be a secret.
      const Span at = words.empty() ? span : words[0];
      error(line.offset(at.begin), line.end_offset(at.end),
            "this is no instruction of a Dockerfile");
      return nullptr;
    }
    rest = read::trimmed(line.text, {words[0].end, span.end});
    return operation;
  }

  // `begin`: the offset of its keyword.
  void write_instruction(  // NOLINT(misc-no-recursion): ONBUILD ONBUILD is refused
      const Operation& operation, const LogicalLine& line, std::size_t begin, Span rest) {
    builder_.open(Kind::object, Place::offset(begin));
    key("op", begin);
    string(operation.name, begin, begin + operation.name.size());
    std::size_t at = rest.begin;
    std::vector<FlagWord> flags;
    if (operation.shape != Shape::trigger) {
      flags =
          read::take_flags(std::string_view(line.text).substr(0, rest.end), at, lines_.escape());
    }
    rest = read::trimmed(line.text, {std::min(at, rest.end), rest.end});
    bool json = false;
    write_flags(operation, line, flags);
    switch (operation.shape) {
      case Shape::from: from(line, rest); break;
      case Shape::paths: json = paths(operation, line, rest); break;
      case Shape::list: words(operation, line, read::plain_words(line.text, rest)); break;
      case Shape::volumes:
        if (!json_words(line, rest)) words(operation, line, read::plain_words(line.text, rest));
        break;
      case Shape::text:
        words(operation, line,
              rest.begin < rest.end ? std::vector<Span>{rest} : std::vector<Span>{});
        break;
      case Shape::pairs: pairs(operation, line, rest); break;
      case Shape::args: args(line, rest); break;
      case Shape::command: json = command(line, rest); break;
      case Shape::shell:
        if (!command(line, rest)) {
          refuse(line, "SHELL needs a JSON array of strings");
        } else if (last_words_ == 0) {
          refuse(line, "SHELL has no argument");
        }
        break;
      case Shape::health: health(line, rest); break;
      case Shape::trigger: trigger(line, rest); break;
    }
    if (operation.heredocs && !json) heredocs(line);
    builder_.close(Place::offset(last_end_));
  }

  void write_flags(const Operation& operation, const LogicalLine& line,
                   const std::vector<FlagWord>& flags) {
    if (flags.empty()) return;
    key("flags", line.offset(flags.front().span.begin));
    builder_.open(Kind::array, Place::offset(line.offset(flags.front().span.begin)));
    std::unordered_set<std::string_view> seen;
    for (const FlagWord& flag : flags) {
      const std::size_t begin = line.offset(flag.span.begin);
      const std::size_t end = line.end_offset(flag.span.end);
      const std::string_view text = std::string_view(flag.text).substr(2);
      const std::size_t equals = text.find('=');
      const std::string_view name = text.substr(0, equals);
      const bool has_value = equals != std::string_view::npos;
      // Where the value stands in the file; quotes before it move it by their number.
      const std::size_t written = line.text.find('=', flag.span.begin);
      const std::size_t value_at =
          has_value && written < flag.span.end ? line.end_offset(written + 1) : end;
      builder_.open(Kind::object, Place::offset(begin));
      key("name", begin);
      string(name, begin, has_value ? std::max(value_at, begin + 1) - 1 : end);
      key("value", value_at);
      if (has_value) {
        string(text.substr(equals + 1), value_at, end);
      } else {
        null(end);
      }
      builder_.close(Place::offset(end));
      check_flag(operation, name, has_value, seen, begin, end);
    }
    builder_.close(Place::offset(line.end_offset(flags.back().span.end)));
  }

  void check_flag(const Operation& operation, std::string_view name, bool has_value,
                  std::unordered_set<std::string_view>& seen, std::size_t begin, std::size_t end) {
    const std::string wanted = ' ' + std::string(name);
    const std::size_t known = operation.flags.find(wanted + ' ');
    const std::size_t known_with_value = operation.flags.find(wanted + "= ");
    if (known == std::string_view::npos && known_with_value == std::string_view::npos) {
      error(begin, end, std::string(operation.name) + " has no such flag");
    } else if (known_with_value != std::string_view::npos && !has_value) {
      error(begin, end, "the flag --" + std::string(name) + " needs a value");
    } else if (name != "mount" && name != "exclude" && name != "device" &&
               !seen.insert(name).second) {
      error(begin, end, "the flag --" + std::string(name) + " is written twice");
    }
  }

  // --- their arguments

  void from(const LogicalLine& line, Span rest) {
    const std::vector<Span> all = read::plain_words(line.text, rest);
    write_words(line, all, rest);
    const bool named = all.size() == 3 && equal_ignoring_case(slice(line, all[1]), "AS");
    if (all.size() != 1 && !named) {
      refuse(line, "FROM needs an image, or an image, AS and a name");
    } else if (named && !is_stage_name(lower(slice(line, all[2])))) {
      error(line.offset(all[2].begin), line.end_offset(all[2].end),
            "a stage's name begins with a letter and holds letters, digits, '-', '_' and '.'");
    }
  }

  void write_words(const LogicalLine& line, const std::vector<Span>& all, Span rest) {
    const std::size_t begin = line.offset(rest.begin);
    key("words", begin);
    builder_.open(Kind::array, Place::offset(begin));
    for (const Span word : all) string(line, word);
    builder_.close(Place::offset(std::max(begin, line.end_offset(rest.end))));
    last_words_ = all.size();
  }

  void words(const Operation& operation, const LogicalLine& line, const std::vector<Span>& all) {
    write_words(line, all,
                all.empty() ? Span{line.text.size(), line.text.size()}
                            : Span{all.front().begin, all.back().end});
    if (all.empty()) refuse(line, std::string(operation.name) + " has no argument");
  }

  // Writes the words of a JSON array; false where there is none.
  bool json_words(const LogicalLine& line, Span rest) {
    const JsonArray array = read::json_array(line.text, rest);
    if (array.is == JsonArray::Is::no_json) return false;
    const std::size_t begin = line.offset(rest.begin);
    if (array.is == JsonArray::Is::other) {
      error(begin, line.end_offset(rest.end), "a JSON array of an instruction holds strings only");
    }
    key("exec", begin);
    boolean(true, begin);
    key("words", begin);
    builder_.open(Kind::array, Place::offset(begin));
    for (const JsonArray::Item& item : array.items) {
      string(item.text, line.offset(item.span.begin), line.end_offset(item.span.end));
    }
    builder_.close(Place::offset(line.end_offset(rest.end)));
    last_words_ = array.items.size();
    return true;
  }

  // Sources and destination, without the words that announce a heredoc.
  bool paths(const Operation& operation, const LogicalLine& line, Span rest) {
    const auto too_few = [&](std::size_t count) {
      if (count < 2)
        refuse(line, std::string(operation.name) + " needs a source and a destination");
    };
    if (json_words(line, rest)) {
      too_few(last_words_);
      return true;
    }
    const std::vector<Span> all = read::plain_words(line.text, rest);
    std::vector<Span> files;
    for (const Span word : all) {
      if (!parse_heredoc_word(slice(line, word)).found) {
        files.push_back(word);
      } else if (word.end == rest.end) {
        error(line.offset(word.begin), line.end_offset(word.end),
              "a heredoc cannot be a destination");
      }
    }
    write_words(line, files, rest);
    too_few(all.size());
    return false;
  }

  void pair(const LogicalLine& line, Span name, Span value, bool has_value) {
    builder_.open(Kind::object, Place::offset(line.offset(name.begin)));
    key("name", line.offset(name.begin));
    string(line, name);
    const std::size_t value_at = has_value && value.begin < value.end
                                     ? line.offset(value.begin)
                                     : line.end_offset(value.begin);
    key("value", value_at);
    if (!has_value) {
      null(value_at);
    } else if (value.begin == value.end) {
      string({}, value_at, value_at);
    } else {
      string(line, value);
    }
    builder_.close(
        Place::offset(has_value ? std::max(value_at, line.end_offset(value.end)) : value_at));
  }

  void open_pairs(const LogicalLine& line, Span rest) {
    key("pairs", line.offset(rest.begin));
    builder_.open(Kind::array, Place::offset(line.offset(rest.begin)));
  }

  void pairs(const Operation& operation, const LogicalLine& line, Span rest) {
    const std::vector<Span> all = read::quoted_words(line.text, rest, lines_.escape());
    const std::string name(operation.name);
    open_pairs(line, rest);
    if (all.empty()) {
      refuse(line, name + " has no argument");
    } else if (slice(line, all[0]).find('=') == std::string_view::npos) {
      // The old form: one name, and all the rest is its value.
      const Span key_span = read::plain_words(line.text, rest).front();
      const Span value = read::trimmed(line.text, {key_span.end, rest.end});
      if (value.begin == value.end) {
        refuse(line, name + " needs a name and a value");
      } else {
        pair(line, key_span, value, true);
      }
    } else {
      for (const Span word : all) name_and_value(line, word, name, false);
    }
    builder_.close(Place::offset(line.end_offset(rest.end)));
  }

  void args(const LogicalLine& line, Span rest) {
    open_pairs(line, rest);
    const std::vector<Span> all = read::quoted_words(line.text, rest, lines_.escape());
    if (all.empty()) refuse(line, "ARG has no argument");
    for (const Span word : all) name_and_value(line, word, "ARG", true);
    builder_.close(Place::offset(line.end_offset(rest.end)));
  }

  void name_and_value(const LogicalLine& line, Span word, const std::string& operation,
                      bool name_alone) {
    // An escape character that ends the instruction is none.
    if (line.text[word.end - 1] == lines_.escape() && word.end == line.text.size()) --word.end;
    const std::size_t equals = slice(line, word).find('=');
    if (equals == std::string_view::npos) {
      if (name_alone) {
        pair(line, word, {word.end, word.end}, false);
      } else {
        error(line.offset(word.begin), line.end_offset(word.end),
              operation + " needs NAME=value; blanks within a value need quotes");
      }
      return;
    }
    const std::size_t middle = word.begin + equals;
    if (equals == 0) {
      error(line.offset(word.begin), line.end_offset(word.end),
            operation + " has a value without a name");
      return;
    }
    pair(line, {word.begin, middle}, {middle + 1, word.end}, true);
  }

  // True for the JSON form.
  bool command(const LogicalLine& line, Span rest) {
    if (json_words(line, rest)) return true;
    write_words(line, read::quoted_words(line.text, rest, lines_.escape()), rest);
    return false;
  }

  void health(const LogicalLine& line, Span rest) {
    const std::vector<Span> all = read::plain_words(line.text, rest);
    if (all.empty()) return refuse(line, "HEALTHCHECK has no argument");
    const bool none = equal_ignoring_case(slice(line, all[0]), "NONE");
    if (!none && !equal_ignoring_case(slice(line, all[0]), "CMD")) {
      return refuse(line, "HEALTHCHECK is followed by CMD or NONE");
    }
    const std::size_t begin = line.offset(all[0].begin);
    key("type", begin);
    string(none ? "NONE" : "CMD", begin, line.end_offset(all[0].end));
    const Span words = read::trimmed(line.text, {all[0].end, rest.end});
    if (none) {
      if (words.begin < words.end) refuse(line, "HEALTHCHECK NONE takes no argument");
    } else if (words.begin == words.end) {
      refuse(line, "HEALTHCHECK CMD has no command");
    } else {
      command(line, words);
    }
  }

  void trigger(const LogicalLine& line, Span rest) {  // NOLINT(misc-no-recursion)
    if (rest.begin == rest.end) return refuse(line, "ONBUILD has no instruction");
    Span words;
    const Operation* operation = keyword(line, rest, words);
    if (operation == nullptr) return;
    if (operation->shape == Shape::trigger || operation->shape == Shape::from ||
        operation->name == "MAINTAINER") {
      return refuse(line, "ONBUILD cannot keep " + std::string(operation->name));
    }
    const std::size_t begin = line.offset(rest.begin);
    key("trigger", begin);
    write_instruction(*operation, line, begin, words);
  }

  // --- heredocs

  void heredocs(const LogicalLine& line) {
    if (line.text.find("<<") == std::string::npos) return;
    std::string problem;
    const std::vector<HeredocWord> announced = find_heredocs(line.text, problem);
    if (!problem.empty()) refuse(line, "a heredoc's name cannot be read: " + problem);
    if (announced.empty()) return;
    const std::size_t begin = std::min(last_end_ + 1, source_->text().size());
    key("heredocs", begin);
    builder_.open(Kind::array, Place::offset(begin));
    for (const HeredocWord& heredoc : announced) body(line, heredoc);
    builder_.close(Place::offset(last_end_));
  }

  void body(const LogicalLine& line, const HeredocWord& heredoc) {
    const std::size_t begin = std::min(last_end_ + 1, source_->text().size());
    builder_.open(Kind::object, Place::offset(begin));
    key("lines", begin);
    builder_.open(Kind::array, Place::offset(begin));
    bool terminated = false;
    for (PhysicalLine raw; !terminated && lines_.next_raw(raw);) {
      const std::size_t end = raw.offset + raw.text.size();
      last_end_ = end;
      while (heredoc.strip_tabs && raw.text.starts_with('\t')) {
        raw.text.remove_prefix(1);
        ++raw.offset;
      }
      terminated = raw.text == heredoc.name;
      if (!terminated && is_text(raw.text, [&](std::size_t at) { return raw.offset + at; })) {
        builder_.scalar(Kind::string, raw.text, 0, Place::offset(raw.offset), Place::offset(end));
      }
    }
    last_end_ = std::max(last_end_, begin);
    if (!terminated) refuse(line, "a heredoc does not end");
    builder_.close(Place::offset(last_end_));
    key("name", last_end_);
    string(heredoc.name, last_end_ - (terminated ? heredoc.name.size() : 0), last_end_);
    key("expand", last_end_);
    boolean(heredoc.expand, last_end_);
    builder_.close(Place::offset(last_end_));
  }

  // So that the bodies of an instruction that cannot be read are not taken for instructions.
  void skip_heredocs(const LogicalLine& line) {
    std::string problem;
    for (const HeredocWord& heredoc : find_heredocs(line.text, problem)) {
      for (PhysicalLine raw; lines_.next_raw(raw);) {
        while (heredoc.strip_tabs && raw.text.starts_with('\t')) raw.text.remove_prefix(1);
        if (raw.text == heredoc.name) break;
      }
    }
  }

  static std::string_view slice(const LogicalLine& line, Span span) {
    return std::string_view(line.text).substr(span.begin, span.end - span.begin);
  }

  const std::shared_ptr<const Source>& source_;
  DockerfileLines lines_;
  Document::Builder builder_;
  DocumentVisitor& visitor_;
  std::size_t errors_ = 0;
  bool gave_up_ = false;
  bool in_stage_ = false;
  std::size_t stages_ = 0;
  std::size_t last_end_ = 0;    // the offset after the last character that belongs to something
  std::size_t last_words_ = 0;  // how many were written last
  std::unordered_set<std::string> labels_ = {"global", "directives"};
  std::unordered_map<std::string_view, std::size_t> counts_;  // in the stage, by operation
};

}  // namespace

void read_dockerfile(const std::shared_ptr<const Source>& source, const Limits& limits,
                     DocumentVisitor& visitor) {
  if (auto error = read::check_size(*source, limits)) {
    visitor.error(*std::move(error));
    return;
  }
  Reader(source, limits, visitor).run();
}

}  // namespace kaudit
