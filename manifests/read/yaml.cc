// YAML through libyaml's events. Here: which bytes libyaml gets, where it goes on after an error,
// and what is said then.
#include <yaml.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <string>
#include <vector>

#include "manifests/load.h"
#include "manifests/read/read.h"
#include "manifests/read/text.h"
#include "manifests/read/yaml_document.h"
#include "manifests/read/yaml_error.h"
#include "manifests/read/yaml_places.h"

namespace kaudit {
namespace {

// A file with more broken documents than this is not a manifest; each restart of libyaml costs some
// 20 microseconds.
constexpr std::size_t kMaxErrors = 1000;

class Event {
 public:
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { yaml_event_delete(&event_); }
  // The next one in place of the last one.
  [[nodiscard]] bool next(yaml_parser_t& parser) {
    yaml_event_delete(&event_);
    return yaml_parser_parse(&parser, &event_) != 0;
  }
  const yaml_event_t* operator->() const noexcept { return &event_; }
  const yaml_event_t& operator*() const noexcept { return event_; }

 private:
  yaml_event_t event_{};
};

class Parser {
 public:
  Parser() {
    if (yaml_parser_initialize(&parser_) == 0) throw std::bad_alloc();
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  ~Parser() { yaml_parser_delete(&parser_); }
  yaml_parser_t& operator*() noexcept { return parser_; }

 private:
  yaml_parser_t parser_{};
};

// libyaml's input: the bytes [begin, end) without the byte order marks that are skipped, and with a
// line feed at their end, which kubectl adds (it shows where a block scalar ends the text).
class Feed {
 public:
  Feed(std::string_view text, std::size_t begin, std::size_t end,
       const std::vector<std::size_t>& skipped)
      : text_(text),
        at_(begin),
        end_(end),
        next_(std::lower_bound(skipped.begin(), skipped.end(), begin)),
        last_(skipped.end()),
        line_feed_due_(!text.substr(0, end).ends_with('\n')) {}

  static int read(void* self, unsigned char* buffer, std::size_t size, std::size_t* length) {
    *length = static_cast<Feed*>(self)->fill(buffer, size);
    return 1;
  }

 private:
  std::size_t fill(unsigned char* buffer, std::size_t size) {
    if (next_ != last_ && *next_ == at_) {
      at_ += read::kByteOrderMark.size();
      ++next_;
    }
    const std::size_t stop = next_ != last_ ? std::min(*next_, end_) : end_;
    const std::size_t length = std::min(size, stop - at_);
    std::memcpy(buffer, text_.data() + at_, length);
    at_ += length;
    if (length != 0 || !std::exchange(line_feed_due_, false)) return length;
    buffer[0] = '\n';
    return 1;
  }

  std::string_view text_;
  std::size_t at_;
  std::size_t end_;
  std::vector<std::size_t>::const_iterator next_, last_;
  bool line_feed_due_;
};

class YamlReader {
 public:
  YamlReader(const std::shared_ptr<const Source>& source, const Limits& limits,
             DocumentVisitor& visitor, read::YamlNames names)
      : source_(source),
        limits_(limits),
        visitor_(visitor),
        text_(source->text()),
        document_(source, limits_, names) {}

  void read(std::size_t from) {
    if (auto error = read::check_size(*source_, limits_)) {
      visitor_.error(std::move(*error));
      return;
    }
    if (text_.starts_with("\xFF\xFE") || text_.starts_with("\xFE\xFF")) {
      report(ErrorCode::malformed, "the text is UTF-16; only UTF-8 is read", {1, 1});
      return;
    }
    while (from < text_.size() && errors_ < kMaxErrors) {
      const read::TextScan scan = read::scan_yaml(text_, from);
      const bool bad = scan.bad != read::kNowhere;
      const std::size_t end = bad ? read::document_around(text_, from, scan.bad) : text_.size();
      odd_breaks_ = scan.odd_breaks;
      skipped_.clear();
      if (!scan.ascii) skipped_ = read::skipped_marks(text_.substr(0, end), from);
      while (from < end && errors_ < kMaxErrors) from = read_run(from, end);
      if (!bad) break;
      from = read::next_document(text_, scan.bad);
      broken(end, from, read::bad_byte_message(text_, scan.bad), source_->mark(scan.bad));
    }
    if (errors_ >= kMaxErrors) {
      visitor_.error({ErrorCode::too_large,
                      "more than " + std::to_string(kMaxErrors) +
                          " documents are broken; the rest of the file is not read",
                      Location{source_->name(), "", {}, {}}});
    }
  }

 private:
  // One libyaml parser over [begin, end). Returns where reading goes on: at the document after one
  // that is broken, else at the end.
  std::size_t read_run(std::size_t begin, std::size_t end) {
    document_begin_ = begin;
    comments_from_ = source_->mark(begin).line;
    bool first = true;
    Feed feed(text_, begin, end, skipped_);
    read::YamlPlaces places(*source_, begin, end, skipped_, odd_breaks_);
    Parser parser;
    yaml_parser_set_encoding(&*parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input(&*parser, &Feed::read, &feed);
    Event event;
    for (;;) {
      if (!event.next(*parser)) {
        const std::size_t next = next_document(end);
        report_problem(*parser, places, next);
        return next;
      }
      if (event->type == YAML_STREAM_END_EVENT) return end;
      if (event->type == YAML_DOCUMENT_START_EVENT) {
        const bool implicit = event->data.document_start.implicit != 0;
        if (implicit && !std::exchange(first, false)) {
          const Place at = places.of(event->start_mark);
          const std::size_t next = next_document(end);
          broken(document_begin_, next, std::string(read::kDroppedText), {at.line, at.column});
          return next;
        }
        first = false;
        if (!implicit) {
          document_begin_ = places.document_start(event->end_mark);
          comments_from_ = places.of(event->end_mark).line + 1;
        }
        document_.begin(find_template_name());
      } else if (event->type == YAML_DOCUMENT_END_EVENT) {
        if (const Document* document = document_.finish()) visitor_.document(*document);
      } else if (!document_.add(*event, places)) {
        const std::size_t next = next_document(end);
        const Error& error = document_.error();
        if (error.code == ErrorCode::malformed) {
          broken(document_begin_, next, error.message, error.where.begin);
        } else {
          ++errors_;
          visitor_.error(error);
        }
        return next;
      }
    }
  }

  [[nodiscard]] std::size_t next_document(std::size_t end) const {
    return std::min(read::next_document(text_, document_begin_), end);
  }

  // `# Source: chart/templates/x.yaml`, as `helm template` writes it above each document.
  [[nodiscard]] std::string_view find_template_name() const {
    constexpr std::string_view kSource = "# Source: ";
    for (std::uint32_t line = comments_from_;; ++line) {
      const std::string_view text = source_->line(line);
      if (text.data() == nullptr) return {};
      if (text.starts_with(kSource)) return text.substr(kSource.size());
      const std::size_t first = text.find_first_not_of(' ');
      if (first != std::string_view::npos && text[first] != '#') return {};
    }
  }

  void report_problem(const yaml_parser_t& parser, const read::YamlPlaces& places,
                      std::size_t document_end) {
    if (parser.error == YAML_MEMORY_ERROR) throw std::bad_alloc();
    const read::Cursor cursor = places.find(parser.problem_mark);
    const std::size_t at = std::min(cursor.offset(), document_end);
    const std::size_t line = text_.substr(0, at).rfind('\n') + 1;
    const read::YamlProblem problem = read::describe_problem(parser, text_.substr(line, at - line),
                                                             at < document_end ? text_[at] : '\0');
    Mark mark = cursor.mark();
    if (problem.place == read::ProblemPlace::context) {
      mark = places.find(parser.context_mark).mark();
    } else if (problem.place == read::ProblemPlace::collection) {
      mark = document_.innermost().value_or(mark);
    }
    broken(document_begin_, document_end, problem.message, mark);
  }

  // The text between the two offsets is not YAML. With `{{` in it that is what a template looks
  // like, and one sentence for the whole file is enough.
  void broken(std::size_t begin, std::size_t end, std::string message, Mark at) {
    const std::size_t braces = read::find_template(text_.substr(0, end), begin);
    if (template_ || braces != read::kNowhere) {
      ++errors_;
      if (std::exchange(template_, true)) return;
      report(ErrorCode::unsupported,
             "an unrendered template is not examined; render it first: helm template … | kaudit -",
             source_->mark(braces));
      return;
    }
    report(ErrorCode::malformed, std::move(message), at);
  }

  void report(ErrorCode code, std::string message, Mark at) {
    ++errors_;
    visitor_.error({code, std::move(message), Location{source_->name(), "", at, at}});
  }

  const std::shared_ptr<const Source>& source_;
  const Limits limits_;
  DocumentVisitor& visitor_;
  std::string_view text_;
  std::vector<std::size_t> skipped_;  // byte order marks
  bool odd_breaks_ = false;
  read::YamlDocument document_;
  std::size_t document_begin_ = 0;   // before the next line of `---`
  std::uint32_t comments_from_ = 1;  // the line where comments above its first value may begin
  std::size_t errors_ = 0;
  bool template_ = false;  // reported
};

}  // namespace

namespace read {

void yaml_from(std::size_t offset, const std::shared_ptr<const Source>& source,
               const Limits& limits, DocumentVisitor& visitor) {
  YamlReader(source, limits, visitor, YamlNames::kubernetes).read(offset);
}

}  // namespace read

void read_yaml(const std::shared_ptr<const Source>& source, const Limits& limits,
               DocumentVisitor& visitor) {
  read::yaml_from(0, source, limits, visitor);
}

void read_compose_yaml(const std::shared_ptr<const Source>& source, const Limits& limits,
                       DocumentVisitor& visitor) {
  YamlReader(source, limits, visitor, read::YamlNames::as_written).read(0);
}

}  // namespace kaudit
