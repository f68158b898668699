#include "webhook/request.h"

#include <algorithm>
#include <vector>

namespace kaudit {
namespace {

constexpr std::string_view kReviewKind = "AdmissionReview";
constexpr std::string_view kReviewVersions[] = {"admission.k8s.io/v1", "admission.k8s.io/v1beta1"};

// Kubernetes' uids have 36 characters; a longer one is echoed up to here.
constexpr std::size_t kLongestUid = 256;

bool is_review_version(std::string_view text) noexcept {
  return std::ranges::find(kReviewVersions, text) != std::end(kReviewVersions);
}

// Reads members of their one type, and remembers the first that has another.
class Decoder {
 public:
  std::optional<std::string> run(const Document& review, Request& out);

 private:
  std::string_view text(Value object, std::string_view path, std::string_view name);
  void identify(Value object, std::string_view path, std::string_view& group,
                std::string_view& version, std::string_view member, std::string_view& kind);
  void read_operation(Request& out);
  void read_requester(Value user, Request& out);
  void refuse_duplicates(const Document& review, Value request);
  void fail(std::string sentence) {
    if (!error_) error_ = std::move(sentence);
  }
  bool expect(Value value, Kind kind, std::string_view path, std::string_view name) {
    if (value.kind() == kind) return true;
    std::string sentence(path);
    if (!sentence.empty()) sentence += '.';
    sentence += name;
    if (value.set()) {
      sentence.append(" is ").append(name_of(value.kind())).append("; it must be ");
      sentence += name_of(kind);
    } else {
      sentence += " is missing";
    }
    fail(std::move(sentence));
    return false;
  }

  std::optional<std::string> error_;
};

// Absent and null are empty.
std::string_view Decoder::text(Value object, std::string_view path, std::string_view name) {
  const Value value = object[name];
  if (!value.set() || !expect(value, Kind::string, path, name)) return {};
  return value.text();
}

void Decoder::identify(Value object, std::string_view path, std::string_view& group,
                       std::string_view& version, std::string_view member, std::string_view& kind) {
  if (!object.is_object()) return;
  group = text(object, path, "group");
  version = text(object, path, "version");
  kind = text(object, path, member);
  if (kind.empty()) fail(std::string(path) + '.' + std::string(member) + " is missing");
}

void Decoder::read_operation(Request& out) {
  constexpr std::string_view kNames[] = {"CREATE", "UPDATE", "DELETE", "CONNECT"};
  const auto* name = std::ranges::find(kNames, out.operation_name);
  if (name == std::end(kNames)) {
    fail("request.operation is none of CREATE, UPDATE, DELETE and CONNECT");
    return;
  }
  out.operation = static_cast<Operation>(name - std::begin(kNames));
}

void Decoder::read_requester(Value user, Request& out) {
  out.requester.user = {};
  out.requester.groups.clear();
  if (!user.set() || !expect(user, Kind::object, "request", "userInfo")) return;
  out.requester.user = text(user, "request.userInfo", "username");
  const Value groups = user["groups"];
  if (!groups.set() || !expect(groups, Kind::array, "request.userInfo", "groups")) return;
  for (const Value group : groups) {
    if (!expect(group, Kind::string, "request.userInfo", "groups[*]")) return;
    out.requester.groups.push_back(group.text());
  }
}

// Which of two would be meant is anybody's guess, and no API server writes them. What the objects
// themselves repeat is judged with them.
void Decoder::refuse_duplicates(const Document& review, Value request) {
  const auto within = [&](Value object, NodeId id) {
    return object.present() && id > object.id() && id < review.subtree_end(object.id());
  };
  for (const Document::Duplicate& duplicate : review.duplicates()) {
    const NodeId id = duplicate.second;
    if (!within(request["object"], id) && !within(request["oldObject"], id) &&
        !within(request["options"], id)) {
      fail("a member of the review is written twice");
    }
  }
}

std::optional<std::string> Decoder::run(const Document& review, Request& out) {
  const Value root = review.root();
  if (!root.is_object()) return "the body is no AdmissionReview";
  if (text(root, "", "kind") != kReviewKind) return "the body's kind is not AdmissionReview";
  out.review_version = text(root, "", "apiVersion");
  if (!is_review_version(out.review_version)) {
    return "the body's apiVersion is neither admission.k8s.io/v1 nor admission.k8s.io/v1beta1";
  }
  const Value request = root["request"];
  if (!expect(request, Kind::object, "", "request")) return error_;
  if (!review.duplicates().empty()) refuse_duplicates(review, request);
  out.uid = text(request, "request", "uid");
  if (out.uid.empty()) fail("request.uid is missing");
  if (out.uid.size() > kLongestUid) fail("request.uid is too long");
  out.operation_name = text(request, "request", "operation");
  read_operation(out);
  const Value kind = request["kind"];
  const Value resource = request["resource"];
  std::string_view resource_version;
  expect(kind, Kind::object, "request", "kind");
  expect(resource, Kind::object, "request", "resource");
  identify(kind, "request.kind", out.group, out.version, "kind", out.kind);
  identify(resource, "request.resource", out.resource_group, resource_version, "resource",
           out.resource);
  out.subresource = text(request, "request", "subResource");
  out.ns = text(request, "request", "namespace");
  out.name = text(request, "request", "name");
  const Value dry_run = request["dryRun"];
  if (dry_run.set()) expect(dry_run, Kind::boolean, "request", "dryRun");
  out.dry_run = dry_run.as_bool().value_or(false);
  read_requester(request["userInfo"], out);
  out.requester.ns = out.ns;
  out.object = request["object"];
  out.old_object = request["oldObject"];
  return error_;
}

// ---- The beginning of a broken review ----------------------------------------------------------

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::optional<Envelope> run() {
    bool other = false;
    while (step()) {
      if (!kind_.empty() && kind_ != kReviewKind) other = true;
      if (!version_.empty() && !is_review_version(version_)) other = true;
      if (other || (!uid_.empty() && !version_.empty() && !kind_.empty())) break;
    }
    if (other || uid_.empty() || uid_.size() > kLongestUid) return std::nullopt;
    return Envelope{version_.empty() ? kReviewVersions[0] : version_, uid_};
  }

 private:
  // One member or element, bracket or end; false where the text ends or breaks.
  bool step();
  bool value();
  std::optional<std::string_view> string();
  void keep(std::string_view text);
  char next() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != kNone) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  static constexpr std::size_t kNone = std::string_view::npos;
  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<bool> objects_;  // of the open collections, which are objects
  bool after_value_ = false;
  std::string_view outer_key_, key_;  // of the members open on the first two levels
  std::string_view version_, kind_, uid_;
};

// The contents as written; only strings without escapes are compared and kept.
std::optional<std::string_view> Scanner::string() {
  if (next() != '"') return std::nullopt;
  const std::size_t begin = ++at_;
  for (; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (static_cast<unsigned char>(c) < 0x20U) return std::nullopt;
    if (c == '\\') {
      ++at_;
    } else if (c == '"') {
      return text_.substr(begin, at_++ - begin);
    }
  }
  return std::nullopt;
}

void Scanner::keep(std::string_view text) {
  const auto is_plain = [](char c) { return c > ' ' && c < '\x7f' && c != '\\'; };
  if (!std::ranges::all_of(text, is_plain)) return;
  if (objects_.size() == 1 && outer_key_ == "apiVersion") version_ = text;
  if (objects_.size() == 1 && outer_key_ == "kind") kind_ = text;
  if (objects_.size() == 2 && outer_key_ == "request" && objects_[1] && key_ == "uid") uid_ = text;
}

bool Scanner::value() {
  const char first = next();
  if (first == '{' || first == '[') {
    ++at_;
    objects_.push_back(first == '{');
    after_value_ = false;
    return true;
  }
  after_value_ = true;
  if (first == '"') {
    const auto text = string();
    if (text) keep(*text);
    return text.has_value();
  }
  const std::size_t begin = at_;
  while (at_ < text_.size() && std::string_view("+-.").find(text_[at_]) != kNone) ++at_;
  while (at_ < text_.size() && std::string_view(" \t\r\n,]}").find(text_[at_]) == kNone) ++at_;
  return at_ > begin;
}

bool Scanner::step() {
  if (objects_.empty()) return !after_value_ && next() == '{' && value();
  const char c = next();
  const bool object = objects_.back();
  if (c == (object ? '}' : ']')) {
    ++at_;
    objects_.pop_back();
    after_value_ = true;
    return !objects_.empty();
  }
  if (after_value_) {
    if (c != ',') return false;
    ++at_;
  }
  if (object) {
    const auto name = string();
    if (!name || next() != ':') return false;
    ++at_;
    if (objects_.size() == 1) outer_key_ = *name;
    if (objects_.size() == 2) key_ = *name;
  }
  return value();
}

}  // namespace

std::optional<std::string> decode(const Document& review, Request& out) {
  return Decoder().run(review, out);
}

std::optional<Envelope> scan_envelope(std::string_view beginning) {
  return Scanner(beginning).run();
}

}  // namespace kaudit
