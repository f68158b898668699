// YAML through libyaml's events. Kubernetes reads YAML with goyaml.v2, a port of the same parser,
// and what that does with the events is done again here: merge keys in the order of the text, names
// that are not strings, aliases (go.yaml.in/yaml/v2 v2.4.3, decode.go).
#include <yaml.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <string>
#include <unordered_map>
#include <vector>

#include "manifests/load.h"
#include "manifests/read/read.h"
#include "manifests/read/text.h"
#include "manifests/read/yaml_error.h"
#include "manifests/read/yaml_scalar.h"

namespace kaudit {
namespace {

// Aliases may add this many values to a document (goyaml.v2: alias_ratio_range_low).
constexpr std::size_t kMaxAliased = 400'000;
// A file with more broken documents than this is not a manifest; each restart of libyaml costs some
// 20 microseconds.
constexpr std::size_t kMaxErrors = 1000;

class Event {
 public:
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { yaml_event_delete(&event_); }
  [[nodiscard]] bool next(yaml_parser_t& parser) {
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

std::string_view view(const yaml_char_t* text, std::size_t size) noexcept {
  return {reinterpret_cast<const char*>(text), size};
}
std::string_view view(const yaml_char_t* text) noexcept {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

class YamlReader {
 public:
  YamlReader(const std::shared_ptr<const Source>& source, const Limits& limits,
             DocumentVisitor& visitor)
      : source_(source), limits_(limits), visitor_(visitor), text_(source->text()) {}

  void read(std::size_t from) {
    if (auto error = read::check_size(*source_, limits_)) {
      visitor_.error(std::move(*error));
      return;
    }
    if (text_.starts_with("\xFF\xFE") || text_.starts_with("\xFE\xFF")) {
      add_error(ErrorCode::malformed, "the text is UTF-16; only UTF-8 is read", {1, 1});
      return;
    }
    while (from < text_.size() && errors_ < kMaxErrors) {
      const read::TextScan scan = read::scan_yaml(text_, from);
      const std::size_t whole = std::min(scan.bad, text_.size());
      const std::size_t end =
          scan.bad == read::kNowhere ? whole : read::document_around(text_, from, scan.bad);
      odd_breaks_ = scan.odd_breaks;
      skipped_.clear();
      if (!scan.ascii) skipped_ = read::skipped_marks(text_.substr(0, end), from);
      while (from < end && errors_ < kMaxErrors) from = read_run(from, end);
      if (scan.bad == read::kNowhere) break;
      from = read::next_document(text_, scan.bad);
      syntax_error(end, from, read::bad_byte_message(text_, scan.bad), source_->mark(scan.bad));
    }
    if (errors_ >= kMaxErrors) {
      visitor_.error({ErrorCode::too_large,
                      "more than " + std::to_string(kMaxErrors) +
                          " documents are broken; the rest of the file is not read",
                      Location{source_->name(), "", {}, {}}});
    }
  }

 private:
  struct Frame {
    NodeId node = kNoNode;
    bool object = false;
    bool key_next = false;  // of an object: the next node is a member's name
    bool merges = false;    // of an object: the next node is the value of a merge key
    bool merge_list = false;
  };
  struct Anchor {
    NodeId node = kNoNode;  // none: the name of a member
    bool collection = false;
    read::YamlScalar meaning;
    std::string_view text;
    Place begin, end;
  };

  // ---- A run: one libyaml parser over [begin, end). Returns where reading goes on. ----

  std::size_t read_run(std::size_t begin, std::size_t end) {
    const Mark mark = source_->mark(begin);
    first_line_ = mark.line;
    first_column_ = mark.column;
    run_begin_ = begin;
    fed_ = begin;
    feed_end_ = end;
    line_feed_due_ = text_[end - 1] != '\n';
    next_skipped_ = 0;
    while (next_skipped_ < skipped_.size() && skipped_[next_skipped_] < begin) ++next_skipped_;
    cursor_ = read::Cursor(text_.substr(0, end), begin, mark, skipped_);
    document_begin_ = begin;
    comments_from_ = mark.line;
    documents_ = 0;
    Parser parser;
    yaml_parser_set_encoding(&*parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input(&*parser, &YamlReader::feed, this);
    for (;;) {
      Event event;
      if (!event.next(*parser)) {
        const std::size_t next = std::min(read::next_document(text_, document_begin_), end);
        report_problem(*parser, next);
        return next;
      }
      if (event->type == YAML_STREAM_END_EVENT) return end;
      if (!handle(*event)) return std::min(read::next_document(text_, document_begin_), end);
    }
  }

  // libyaml's read handler: the text without the byte order marks that are skipped, and with a line
  // feed at its end, which kubectl adds (it shows where a block scalar ends the text).
  static int feed(void* self, unsigned char* buffer, std::size_t size, std::size_t* length) {
    auto& reader = *static_cast<YamlReader*>(self);
    const auto& skipped = reader.skipped_;
    std::size_t& next = reader.next_skipped_;
    if (next < skipped.size() && skipped[next] == reader.fed_) {
      reader.fed_ += read::kByteOrderMark.size();
      ++next;
    }
    const std::size_t stop =
        next < skipped.size() ? std::min(skipped[next], reader.feed_end_) : reader.feed_end_;
    *length = std::min(size, stop - reader.fed_);
    std::memcpy(buffer, reader.text_.data() + reader.fed_, *length);
    reader.fed_ += *length;
    if (*length == 0 && std::exchange(reader.line_feed_due_, false)) {
      buffer[0] = '\n';
      *length = 1;
    }
    return 1;
  }

  // ---- Events. False ends the document with an error that was reported. ----

  bool handle(const yaml_event_t& event) {
    switch (event.type) {
      case YAML_DOCUMENT_START_EVENT: return begin_document(event);
      case YAML_DOCUMENT_END_EVENT: return end_document();
      case YAML_SCALAR_EVENT: return scalar(event);
      case YAML_ALIAS_EVENT: return alias(event);
      case YAML_SEQUENCE_START_EVENT:
        return open(event, false, event.data.sequence_start.anchor, event.data.sequence_start.tag);
      case YAML_MAPPING_START_EVENT:
        return open(event, true, event.data.mapping_start.anchor, event.data.mapping_start.tag);
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT: return close(event);
      default: return true;
    }
  }

  bool begin_document(const yaml_event_t& event) {
    const Place begin = place(event.start_mark);
    const bool implicit = event.data.document_start.implicit != 0;
    if (implicit && documents_ > 0) {
      return fail(
          "text after the end of the document, which Kubernetes ignores silently; start a "
          "new document with a line of ---",
          begin);
    }
    ++documents_;
    const Place after = place(event.end_mark);
    if (!implicit) {
      document_begin_ = line_offset(after.line);
      comments_from_ = after.line + 1;
    }
    builder_.emplace(source_, limits_, std::move(spare_));
    frames_.clear();
    if (!anchors_.empty()) anchors_.clear();
    aliased_ = 0;
    blank_ = false;
    find_template_name();
    return true;
  }

  bool end_document() {
    Result<Document> result = builder_->finish();
    builder_.reset();
    spare_ = std::move(*result);
    if (blank_) return true;  // nothing but `---` and comments
    visitor_.document(spare_);
    return true;
  }

  bool scalar(const yaml_event_t& event) {
    const auto& data = event.data.scalar;
    std::string_view text = view(data.value, data.length);
    const std::string_view tag = view(data.tag);
    const bool plain =
        tag.empty() && data.plain_implicit != 0 && data.style == YAML_PLAIN_SCALAR_STYLE;
    Place begin = place(event.start_mark);
    if (data.anchor != nullptr || data.tag != nullptr) begin = skip_properties(event);
    last_end_ = place(event.end_mark);
    if (data.style == YAML_LITERAL_SCALAR_STYLE || data.style == YAML_FOLDED_SCALAR_STYLE) {
      last_end_ = block_end(begin);
    }
    Frame* frame = frames_.empty() ? nullptr : &frames_.back();
    if (frame != nullptr && (frame->merges || frame->merge_list)) return cannot_merge(begin);
    const bool name = frame != nullptr && frame->key_next;
    if (name && text == "<<" && (plain || tag == "tag:yaml.org,2002:merge")) {
      builder_->key(text = "<<", begin);
      frame->key_next = false;
      frame->merges = true;
      if (data.anchor != nullptr)
        anchors_[std::string(view(data.anchor))] = {kNoNode, false, {}, text, begin, last_end_};
      return true;
    }
    read::YamlScalar meaning;
    std::optional<std::string> decoded;
    if (plain) {
      meaning = read::resolve_plain(text);
    } else if (!tag.empty()) {
      const auto resolved = read::resolve_tagged(tag, text, decoded);
      if (!resolved) {
        std::string wanted(tag);
        wanted.replace(0, std::strlen("tag:yaml.org,2002:"), "!!");
        return fail("the value does not fit its tag " + wanted, begin);
      }
      meaning = *resolved;
    }
    text = builder_->keep(decoded ? *decoded : text);
    NodeId node = kNoNode;
    if (name) {
      if (!member_name(meaning, text, begin)) return false;
    } else {
      blank_ = frames_.empty() && plain && text.empty();
      node = write(meaning, text, begin, last_end_);
      if (node == kNoNode) return false;
    }
    if (data.anchor != nullptr) {
      anchors_[std::string(view(data.anchor))] = {node, false, meaning, text, begin, last_end_};
    }
    return true;
  }

  // A value in its place; kNoNode after an error.
  NodeId write(const read::YamlScalar& meaning, std::string_view text, Place begin, Place end) {
    const auto value = read::as_json(meaning);
    if (!value) {
      fail("JSON has no infinity and no NaN, so Kubernetes refuses this document", begin);
      return kNoNode;
    }
    const NodeId node = builder_->scalar(value->kind, text, value->number, begin, end);
    if (builder_->failed()) {
      over_limit();
      return kNoNode;
    }
    value_done();
    return node;
  }

  bool member_name(const read::YamlScalar& meaning, std::string_view text, Place begin) {
    const auto name = read::as_member_name(meaning, text, scratch_);
    if (!name) {
      return fail(meaning.kind == Kind::null
                      ? "a key is missing or null; Kubernetes needs a name here"
                      : "a number beyond 64 bits cannot be a key",
                  begin);
    }
    builder_->key(name->data() == text.data() ? text : builder_->keep(*name), begin);
    frames_.back().key_next = false;
    return true;
  }

  bool alias(const yaml_event_t& event) {
    const Place begin = place(event.start_mark);
    last_end_ = place(event.end_mark);
    const std::string_view name = view(event.data.alias.anchor);
    const auto found = anchors_.find(std::string(name));
    if (found == anchors_.end())
      return fail(
          "'*' begins an alias, and no anchor above has this name; quote the value if it is text",
          begin);
    const Anchor& anchor = found->second;
    const bool open = std::any_of(frames_.begin(), frames_.end(),
                                  [&](const Frame& f) { return f.node == anchor.node; });
    if (anchor.node != kNoNode && open)
      return fail("the alias stands inside its own anchor", begin);
    if (frames_.empty()) return false;  // an alias has an anchor before it, so never at the top
    const Frame& frame = frames_.back();
    const bool merges = frame.merges || frame.merge_list;
    if (frame.key_next) {
      if (anchor.collection) return complex_key(begin);
      return member_name(anchor.meaning, anchor.text, begin);
    }
    const Document& so_far = builder_->so_far();
    if (anchor.node == kNoNode) {
      if (merges) return cannot_merge(begin);
      return write(anchor.meaning, anchor.text, anchor.begin, anchor.end) != kNoNode;
    }
    if (merges && !so_far.at(anchor.node).is_object()) {
      return cannot_merge(begin);
    }
    aliased_ += so_far.subtree_end(anchor.node) - anchor.node;
    if (aliased_ > kMaxAliased) {
      return fail("aliases expand to more than " + std::to_string(kMaxAliased) + " values", begin,
                  ErrorCode::too_large);
    }
    if (frame.merges) {
      builder_->merge(anchor.node);
    } else {
      builder_->copy(anchor.node);
    }
    if (builder_->failed()) return over_limit();
    value_done();
    return true;
  }

  bool open(const yaml_event_t& event, bool object, const yaml_char_t* anchor,
            const yaml_char_t* tag) {
    Place begin = place(event.start_mark);
    if (anchor != nullptr || tag != nullptr) begin = skip_properties(event);
    Frame* parent = frames_.empty() ? nullptr : &frames_.back();
    if (parent != nullptr && parent->key_next) return complex_key(begin);
    if (parent != nullptr && parent->merge_list && !object) return cannot_merge(begin);
    const NodeId node = builder_->open(object ? Kind::object : Kind::array, begin);
    if (node == kNoNode) return over_limit();
    const bool merge_list = parent != nullptr && parent->merges && !object;
    frames_.push_back({node, object, object, false, merge_list});
    if (anchor != nullptr) anchors_[std::string(view(anchor))] = {node, true, {}, {}, begin, begin};
    return true;
  }

  bool close(const yaml_event_t& event) {
    // Only brackets have a width; a block collection ends where its last child does.
    if (event.end_mark.column > event.start_mark.column) last_end_ = place(event.end_mark);
    const Frame closed = frames_.back();
    frames_.pop_back();
    builder_->close(last_end_);
    if (!frames_.empty() && frames_.back().merges) {
      if (!merge_written(closed)) return over_limit();
    }
    value_done();
    return true;
  }

  // The value of a merge key that is written out in place: it is taken out again, and its members
  // (of a list the last item's first, for earlier ones count more) go into the object around it.
  bool merge_written(const Frame& value) {
    builder_->hide(value.node);
    if (value.object) {
      builder_->merge(value.node);
      return !builder_->failed();
    }
    std::vector<NodeId> items;
    const Document& so_far = builder_->so_far();
    for (const Value item : so_far.at(value.node)) items.push_back(item.id());
    for (auto item = items.rbegin(); item != items.rend() && !builder_->failed(); ++item) {
      builder_->merge(*item);
    }
    return !builder_->failed();
  }

  void value_done() {
    if (frames_.empty()) return;
    frames_.back().merges = false;
    frames_.back().key_next = frames_.back().object;
  }

  // ---- Places ----

  Place place(const yaml_mark_t& mark) {
    if (odd_breaks_) {
      cursor_.advance_to(mark.line, mark.column);
      return {cursor_.mark().line, cursor_.mark().column};
    }
    const auto line = static_cast<std::uint32_t>(mark.line);
    const auto column = static_cast<std::uint32_t>(mark.column);
    return {first_line_ + line, column + (line == 0 ? first_column_ : 1)};
  }

  Place skip_properties(const yaml_event_t& event) {
    cursor_.advance_to(event.start_mark.line, event.start_mark.column);
    const bool scalar = event.type == YAML_SCALAR_EVENT;  // may be nothing but properties
    cursor_.skip_properties(scalar ? event.end_mark.line : read::kNowhere, event.end_mark.column);
    return {cursor_.mark().line, cursor_.mark().column};
  }

  // libyaml lets a block scalar end where the next token begins; here after its last line with
  // text.
  [[nodiscard]] Place block_end(Place begin) const {
    const std::uint32_t last = last_end_.column > 1 ? last_end_.line : last_end_.line - 1;
    for (std::uint32_t line = last; line > begin.line; --line) {
      const std::string_view text = source_->line(line);
      if (text.find_first_not_of(" \t") == std::string_view::npos) continue;
      return {line, 1 + static_cast<std::uint32_t>(read::count_code_points(text))};
    }
    // Nothing but its header: | or > with up to two indicators.
    std::string_view header = source_->line(begin.line);
    header = header.substr(std::min(header.size(), read::code_point_offset(header, begin.column)));
    const std::size_t size = std::min(header.find_first_not_of("+-123456789"), header.size());
    return {begin.line, begin.column + 1 + static_cast<std::uint32_t>(size)};
  }

  [[nodiscard]] std::size_t line_offset(std::uint32_t line) const {
    const std::string_view found = source_->line(line);
    return found.data() == nullptr ? text_.size()
                                   : static_cast<std::size_t>(found.data() - text_.data());
  }

  // ---- Templates ----

  // `# Source: chart/templates/x.yaml`, as `helm template` writes it above each document.
  void find_template_name() {
    constexpr std::string_view kSource = "# Source: ";
    for (std::uint32_t line = comments_from_;; ++line) {
      const std::string_view text = source_->line(line);
      if (text.data() == nullptr) return;
      if (text.starts_with(kSource)) {
        builder_->set_template_name(text.substr(kSource.size()));
        return;
      }
      const std::size_t first = text.find_first_not_of(' ');
      if (first != std::string_view::npos && text[first] != '#') return;
    }
  }

  // ---- Errors ----

  void drop_document() {
    builder_.reset();
    spare_ = {};
  }

  bool fail(std::string message, Place at, ErrorCode code = ErrorCode::malformed) {
    drop_document();
    const std::size_t next = read::next_document(text_, document_begin_);
    if (code == ErrorCode::malformed) {
      syntax_error(document_begin_, next, std::move(message), {at.line, at.column});
    } else {
      add_error(code, std::move(message), {at.line, at.column});
    }
    return false;
  }

  bool over_limit() {
    add_error(builder_->finish().error());
    drop_document();
    return false;
  }

  bool cannot_merge(Place at) {
    return fail("a merge key (<<) needs a mapping or a list of mappings", at);
  }
  bool complex_key(Place at) { return fail("a list or a mapping cannot be a key", at); }

  void report_problem(const yaml_parser_t& parser, std::size_t next_document) {
    if (parser.error == YAML_MEMORY_ERROR) throw std::bad_alloc();
    const read::Cursor begin(text_.substr(0, next_document), run_begin_, source_->mark(run_begin_),
                             skipped_);
    read::Cursor cursor = begin;
    cursor.advance_to(parser.problem_mark.line, parser.problem_mark.column);
    const std::size_t at = cursor.offset();
    const std::size_t line = std::max(text_.rfind('\n', at == 0 ? 0 : at - 1) + 1, run_begin_);
    const read::YamlProblem problem = read::describe_problem(
        parser, line < at ? text_.substr(line, at - line) : std::string_view(),
        at < next_document ? text_[at] : '\0');
    Mark mark = cursor.mark();
    if (problem.place == read::ProblemPlace::context) {
      cursor = begin;
      cursor.advance_to(parser.context_mark.line, parser.context_mark.column);
      mark = cursor.mark();
    } else if (problem.place == read::ProblemPlace::collection && !frames_.empty()) {
      mark = builder_->so_far().locate(frames_.back().node).begin;
    }
    drop_document();
    syntax_error(document_begin_, next_document, problem.message, mark);
  }

  // The text between the two offsets is not YAML. With `{{` in it that is what a template looks
  // like, and one sentence for the whole file is enough.
  void syntax_error(std::size_t begin, std::size_t end, std::string message, Mark at) {
    const std::size_t braces = read::find_template(text_.substr(0, end), begin);
    if (braces != read::kNowhere) {
      unrendered(source_->mark(braces));
    } else if (!template_) {
      add_error(ErrorCode::malformed, std::move(message), at);
    } else {
      ++errors_;
    }
  }

  void unrendered(Mark at) {
    ++errors_;
    if (std::exchange(template_, true)) return;
    add_error(ErrorCode::unsupported,
              "an unrendered template is not examined; render it first: helm template … | kaudit -",
              at);
  }

  void add_error(ErrorCode code, std::string message, Mark at) {
    add_error({code, std::move(message), Location{source_->name(), "", at, at}});
  }
  void add_error(Error error) {
    ++errors_;
    visitor_.error(std::move(error));
  }

  const std::shared_ptr<const Source>& source_;
  const Limits& limits_;
  DocumentVisitor& visitor_;
  std::string_view text_;

  std::size_t errors_ = 0;
  bool template_ = false;  // reported
  Document spare_;         // memory for the next document

  // Of the run.
  std::vector<std::size_t> skipped_;  // byte order marks
  std::size_t next_skipped_ = 0;
  std::size_t fed_ = 0;
  std::size_t feed_end_ = 0;
  bool line_feed_due_ = false;
  std::size_t run_begin_ = 0;
  std::uint32_t first_line_ = 1;
  std::uint32_t first_column_ = 1;
  bool odd_breaks_ = false;
  read::Cursor cursor_;
  std::size_t documents_ = 0;

  // Of the document.
  std::size_t document_begin_ = 0;
  std::uint32_t comments_from_ = 1;  // the line where comments above its first value may begin
  std::optional<Document::Builder> builder_;
  std::vector<Frame> frames_;
  std::unordered_map<std::string, Anchor> anchors_;
  std::size_t aliased_ = 0;
  Place last_end_;      // of the value read last
  bool blank_ = false;  // nothing is written in it
  std::string scratch_;
};

}  // namespace

namespace read {

void yaml_from(std::size_t offset, const std::shared_ptr<const Source>& source,
               const Limits& limits, DocumentVisitor& visitor) {
  YamlReader(source, limits, visitor).read(offset);
}

}  // namespace read

void read_yaml(const std::shared_ptr<const Source>& source, const Limits& limits,
               DocumentVisitor& visitor) {
  read::yaml_from(0, source, limits, visitor);
}

}  // namespace kaudit
