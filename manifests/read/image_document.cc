#include "manifests/read/image_document.h"

#include <algorithm>
#include <deque>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "manifests/load.h"
#include "manifests/read/image_history.h"

namespace kaudit {
namespace {

using read::HistoryInstruction;
using read::HistoryPair;
using read::HistoryWord;

// https://github.com/opencontainers/image-spec/blob/main/annotations.md
constexpr std::string_view kBaseName = "org.opencontainers.image.base.name";

// A line of the text.
struct Entry {
  explicit Entry(std::string text) : raw(std::move(text)) {}
  std::string raw;  // as it was written; the line has blanks in place of its control characters
  std::vector<HistoryInstruction> instructions;  // views into `raw`
  std::size_t offset = 0;
  std::size_t first = 0;  // of all instructions its first one

  // FROM is none of a stage's instructions.
  [[nodiscard]] std::size_t counted() const noexcept {
    return static_cast<std::size_t>(
        std::ranges::count_if(instructions, [](const auto& each) { return each.op != "FROM"; }));
  }
};

class ImageText {
 public:
  ImageText(const ArchivedImage& image, Value config)
      : image_(image), config_(config), settings_(config["config"]) {
    for (const Value variable : settings_["Env"]) {
      const std::string_view text = variable.text();
      names_.env.insert(text.substr(0, text.find('=')));
    }
    for (const Value label : settings_["Labels"]) names_.labels.insert(label.key());
  }

  void compose() {
    history();
    for (const Entry& entry : entries_) told_ += entry.counted();
    config();
    std::size_t count = 0;
    for (Entry& entry : entries_) {
      entry.offset = text_.size();
      entry.first = count;
      count += entry.counted();
      for (const char c : entry.raw) text_ += static_cast<unsigned char>(c) < 0x20U ? ' ' : c;
      text_ += '\n';
    }
  }

  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  // How many instructions the history tells.
  [[nodiscard]] std::size_t told() const noexcept { return told_; }
  [[nodiscard]] std::string_view created() const { return config_["created"].text(); }
  [[nodiscard]] const std::deque<Entry>& entries() const noexcept { return entries_; }
  // The entry that made the layer of that index.
  [[nodiscard]] const Entry& entry_of(std::size_t layer) const { return *by_layer_[layer]; }

 private:
  Entry& add(std::string raw) { return entries_.emplace_back(std::move(raw)); }

  void history() {
    std::size_t layers = 0;
    for (const Value value : config_["history"]) {
      std::string raw(value["created_by"].text());
      if (raw.find_first_not_of(" \t\n\r") == std::string::npos) {
        const std::string_view comment = value["comment"].text();
        raw = "# " + std::string(comment.empty() ? "the builder wrote nothing" : comment);
      }
      Entry& entry = add(std::move(raw));
      if (!entry.raw.starts_with('#')) {
        entry.instructions = read::parse_history(entry.raw, names_);
        for (HistoryInstruction& each : entry.instructions) learn(each);
        std::erase_if(entry.instructions, [](const HistoryInstruction& each) {
          return each.op.empty() || each.op == "FROM" || each.op == "ONBUILD" ||
                 (each.op == "ARG" && each.pairs.empty());
        });
        find_base(entry);
      }
      if (value["empty_layer"].as_bool().value_or(false)) continue;
      if (++layers <= image_.layers.size()) by_layer_.push_back(&entry);
    }
    // A history with more or fewer entries than there are layers tells of none of them for sure.
    if (layers == image_.layers.size()) return;
    by_layer_.clear();
    for (std::size_t n = 1; n <= image_.layers.size(); ++n) {
      by_layer_.push_back(&add("# layer " + std::to_string(n) + ": the history does not tell"));
    }
  }

  // The label that names the base image is its FROM.
  void find_base(Entry& entry) {
    for (std::size_t n = 0; n < entry.instructions.size(); ++n) {
      if (entry.instructions[n].op != "LABEL") continue;
      for (std::size_t m = 0; m < entry.instructions[n].pairs.size(); ++m) {
        const HistoryPair& pair = entry.instructions[n].pairs[m];
        if (pair.name.text != kBaseName || pair.value.text.empty()) continue;
        HistoryInstruction from;
        from.op = "FROM";
        from.at = pair.value.at;
        from.words.push_back(pair.value);
        base_ = pair.value.text;
        has_from_ = true;
        entry.instructions.push_back(std::move(from));
      }
    }
  }

  // What is said, so that the config need not say it again. A build argument that was declared
  // already, and is repeated by every RUN, is left out.
  void learn(HistoryInstruction& each) {
    std::erase_if(each.pairs, [&](const HistoryPair& pair) {
      auto& known = each.op == "ENV" ? env_ : each.op == "LABEL" ? labels_ : args_;
      const auto [at, added] = known.try_emplace(pair.name.text, pair.value.text);
      const bool same = !added && at->second == pair.value.text;
      at->second = pair.value.text;
      return same && each.op == "ARG";
    });
    said_.emplace(each.op);
    if (each.op == "FROM" && !each.words.empty()) base_ = each.words.front().text;
    if (each.op == "USER" && !each.words.empty()) user_ = each.words.front().text;
    if (each.op != "EXPOSE") return;
    for (const HistoryWord& word : each.words) exposed_.insert(port(word.text));
  }

  static std::string port(std::string_view text) {
    return std::string(text) + (text.find('/') == std::string_view::npos ? "/tcp" : "");
  }

  // --- what only the config says

  HistoryInstruction& own(std::string_view op, std::string_view rest) {
    Entry& entry = add(std::string(op) + " " + std::string(rest));
    HistoryInstruction& out = entry.instructions.emplace_back();
    out.at = entry.raw;
    out.op = out.at.substr(0, op.size());
    return out;
  }
  static std::string_view argument(const HistoryInstruction& instruction) noexcept {
    return instruction.at.substr(instruction.op.size() + 1);
  }
  void word(std::string_view op, std::string_view text) {
    HistoryInstruction& out = own(op, text);
    out.words.push_back({argument(out), std::string(text)});
  }
  void pair(std::string_view op, std::string_view name, std::string_view value) {
    HistoryInstruction& out = own(op, std::string(name) + "=" + std::string(value));
    const std::string_view all = argument(out);
    out.pairs.push_back({{all.substr(0, name.size()), std::string(name)},
                         {all.substr(name.size() + 1), std::string(value)},
                         true});
  }
  void command(std::string_view op, Value words) {
    std::string all;
    for (const Value each : words) all.append(all.empty() ? "" : " ").append(each.text());
    HistoryInstruction& out = own(op, all);
    out.exec = true;
    std::size_t at = 0;
    for (const Value each : words) {
      out.words.push_back({argument(out).substr(at, each.text().size()), std::string(each.text())});
      at += each.text().size() + 1;
    }
  }
  [[nodiscard]] bool says(std::string_view op) const { return said_.contains(op); }

  void config() {
    for (const Value variable : settings_["Env"]) {
      const std::string_view text = variable.text();
      const std::string_view name = text.substr(0, text.find('='));
      const std::string_view value = text.substr(std::min(text.size(), name.size() + 1));
      const auto known = env_.find(std::string(name));
      if (known == env_.end() || known->second != value) pair("ENV", name, value);
    }
    for (const Value label : settings_["Labels"]) {
      const auto known = labels_.find(std::string(label.key()));
      if (known == labels_.end() || known->second != label.text()) {
        pair("LABEL", label.key(), label.text());
      }
    }
    const std::string_view user = settings_["User"].text();
    if (user != user_) word("USER", user.empty() ? "0:0" : user);
    for (const Value each : settings_["ExposedPorts"]) {
      if (!exposed_.contains(port(each.key()))) word("EXPOSE", each.key());
    }
    for (const auto& [name, op] :
         {std::pair{"Entrypoint", "ENTRYPOINT"}, std::pair{"Cmd", "CMD"}}) {
      if (!says(op) && settings_[name].size() > 0) command(op, settings_[name]);
    }
    const Value health = settings_["Healthcheck"]["Test"];
    if (!says("HEALTHCHECK") && health.size() > 0) {
      const bool none = (*health.begin()).text() == "NONE";
      command("HEALTHCHECK", health);
      entries_.back().instructions.front().none = none;
    }
    const std::string_view base = base_name();
    if (!base.empty() && (!has_from_ || base != base_)) word("FROM", base);
  }

  [[nodiscard]] std::string_view base_name() const {
    for (const auto& [name, value] : image_.annotations) {
      if (name == kBaseName) return value;
    }
    const Value label = settings_["Labels"][kBaseName];
    return label.set() ? label.text() : std::string_view(base_);
  }

  const ArchivedImage& image_;
  Value config_, settings_;
  read::HistoryNames names_;
  std::unordered_map<std::string, std::string> env_, labels_, args_;
  std::set<std::string, std::less<>> said_;
  std::set<std::string> exposed_;
  std::string user_;
  std::string base_;  // of which the history says that it is the image's base
  bool has_from_ = false;
  std::size_t told_ = 0;
  std::deque<Entry> entries_;  // addresses stay
  std::vector<const Entry*> by_layer_;
  std::string text_;
};

class Writer {
 public:
  Writer(const ArchivedImage& image, const ImageText& text, const Limits& limits)
      : image_(image),
        text_(text),
        builder_(std::make_shared<const Source>(image.config->name(), text.text()), limits) {}

  Result<Document> write() {
    place(nullptr);
    builder_.open(Kind::object, begin_);
    string("name", image_.names.empty() ? short_id() : image_.names.front());
    string("platform", image_.platform);
    string("created", text_.created());
    number("told", static_cast<std::int64_t>(text_.told()));
    string("digest", image_.digest);
    string("id", image_.id);
    list("names", image_.names, [&](const std::string& name) { scalar(name); });
    history();
    list("layers", image_.layers, [&](const auto& layer) {
      const std::size_t index = layers_++;
      place(&text_.entry_of(index));
      this->layer(layer.get(), index);
    });
    builder_.close(Place::offset(text_.text().size()));
    return builder_.finish();
  }

 private:
  [[nodiscard]] std::string short_id() const {
    const std::string& id = image_.id.empty() ? image_.digest : image_.id;
    constexpr std::size_t kShown = sizeof("sha256:") - 1 + 12;  // as `docker images` shows it
    return id.substr(0, kShown);
  }

  // Values that follow stand in that line. Those inside a file have no text of their own there.
  void place(const Entry* entry) {
    const std::size_t begin = entry == nullptr ? 0 : entry->offset;
    begin_ = Place::offset(begin);
    end_ = Place::offset(begin + (entry == nullptr ? 0 : entry->raw.size()));
  }

  void key(std::string_view name) { builder_.key(name, begin_); }
  void scalar(std::string_view text) {
    builder_.scalar(Kind::string, builder_.keep(text), 0, end_, end_);
  }
  void string(std::string_view name, std::string_view text) {
    key(name);
    scalar(text);
  }
  void number(std::string_view name, std::int64_t value) {
    key(name);
    builder_.scalar(Kind::integer, builder_.keep(std::to_string(value)), value, end_, end_);
  }
  void truth(std::string_view name) {
    key(name);
    builder_.scalar(Kind::boolean, "true", 1, end_, end_);
  }
  template <class List, class Each>
  void list(std::string_view name, const List& items, Each each) {
    key(name);
    builder_.open(Kind::array, end_);
    for (const auto& item : items) each(item);
    builder_.close(end_);
  }

  // --- history

  void history() {
    key("history");
    builder_.open(Kind::object, begin_);
    std::unordered_map<std::string_view, std::size_t> numbers;
    for (const Entry& entry : text_.entries()) {
      entry_ = &entry;
      place(&entry);
      for (const HistoryInstruction& each : entry.instructions) {
        const bool from = each.op == "FROM";
        const std::size_t number = from ? 0 : ++numbers[each.op];
        builder_.key(
            from ? each.op : builder_.keep(std::string(each.op) + "-" + std::to_string(number)),
            at(each.at));
        instruction(each);
      }
    }
    builder_.close(Place::offset(text_.text().size()));
    place(nullptr);
  }

  [[nodiscard]] Place at(std::string_view piece) const noexcept {
    return Place::offset(entry_->offset +
                         static_cast<std::size_t>(piece.data() - entry_->raw.data()));
  }
  [[nodiscard]] Place end(std::string_view piece) const noexcept {
    return at(piece.substr(piece.size()));
  }

  void piece(std::string_view name, const HistoryWord& word) {
    builder_.key(name, at(word.at));
    builder_.scalar(Kind::string, builder_.keep(word.text), 0, at(word.at), end(word.at));
  }

  void instruction(const HistoryInstruction& each) {
    const Place begin = at(each.at);
    builder_.open(Kind::object, begin);
    builder_.key("op", begin);
    builder_.scalar(Kind::string, builder_.keep(each.op), 0, begin, begin);
    if (each.exec) truth("exec");
    if (each.none) string("type", "NONE");
    builder_.key("words", begin);
    builder_.open(Kind::array, begin);
    for (const HistoryWord& word : each.words) {
      builder_.scalar(Kind::string, builder_.keep(word.text), 0, at(word.at), end(word.at));
    }
    builder_.close(begin);
    builder_.key("pairs", begin);
    builder_.open(Kind::array, begin);
    for (const HistoryPair& pair : each.pairs) {
      builder_.open(Kind::object, at(pair.name.at));
      piece("name", pair.name);
      if (pair.has_value) piece("value", pair.value);
      builder_.close(end(pair.value.at));
    }
    builder_.close(begin);
    builder_.close(end(each.at));
  }

  // --- layers

  void layer(const ImageLayer* layer, std::size_t index) {
    const Entry& entry = text_.entry_of(index);
    builder_.open(Kind::object, begin_);
    string("digest", layer == nullptr ? "" : layer->digest);
    string("line", shown_line(entry));
    if (const std::size_t count = entry.counted(); count != 0) {
      number("instruction", static_cast<std::int64_t>(entry.first + count - 1));
    }
    if (layer != nullptr) {
      key("files");
      builder_.open(Kind::object, end_);
      for (const LayerFile& each : layer->files) file(each, index);
      builder_.close(end_);
    }
    builder_.close(end_);
  }

  // Without the values of build arguments and what only the builder tells.
  [[nodiscard]] std::string shown_line(const Entry& entry) const {
    const std::string_view line =
        std::string_view(text_.text()).substr(entry.offset, entry.raw.size());
    if (entry.instructions.empty() || entry.instructions.back().words.empty()) {
      return std::string(line);
    }
    const HistoryInstruction& last = entry.instructions.back();
    const auto begin = static_cast<std::size_t>(last.words.front().at.data() - entry.raw.data());
    const std::string_view end = last.words.back().at;
    const auto size = static_cast<std::size_t>(end.data() + end.size() - entry.raw.data()) - begin;
    return std::string(last.op) + ' ' + std::string(line.substr(begin, size));
  }

  void file(const LayerFile& each, std::size_t index) {
    key(builder_.keep(each.path));
    builder_.open(Kind::object, begin_);
    number("mode", each.mode);
    if (each.type == LayerFileType::directory) truth("directory");
    if (!each.named.empty()) string("named", each.named);
    list("found", each.secrets, [&](const LayerSecret& secret) {
      builder_.open(Kind::object, end_);
      string("kind", secret.kind);
      string("evidence", secret.evidence);
      number("grade", static_cast<std::int64_t>(secret.grade));
      number("line", secret.line);
      builder_.close(end_);
    });
    accounts("open_accounts", each, LayerAccount::Issue::empty_password);
    accounts("second_root", each, LayerAccount::Issue::second_root);
    if (const auto hidden = hidden_by(image_, index, each.path)) {
      number("hidden_by", static_cast<std::int64_t>(hidden->layer + 1));
      if (hidden->deleted) truth("deleted");
    }
    builder_.close(end_);
  }

  void accounts(std::string_view name, const LayerFile& file, LayerAccount::Issue issue) {
    std::vector<std::string_view> users;
    for (const LayerAccount& account : file.accounts) {
      if (account.issue == issue) users.push_back(account.user);
    }
    if (!users.empty()) list(name, users, [&](std::string_view user) { scalar(user); });
  }

  const ArchivedImage& image_;
  const ImageText& text_;
  Document::Builder builder_;
  Place begin_, end_;
  const Entry* entry_ = nullptr;
  std::size_t layers_ = 0;
};

}  // namespace

Result<Document> image_document(const ArchivedImage& image, const Limits& limits) {
  JsonParser parser;
  const auto config = parser.parse(image.config, limits);
  if (!config) return config.error();
  ImageText text(image, (*config)->root());
  text.compose();
  return Writer(image, text, limits).write();
}

}  // namespace kaudit
