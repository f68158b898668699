#include "webhook/net/http_framing.h"

#include <algorithm>
#include <array>
#include <limits>

#include "webhook/net/release.h"

namespace kaudit {
namespace {

using Table = std::array<bool, 256>;

constexpr Table table_of(std::string_view others) {
  Table table{};
  for (char c = '0'; c <= '9'; ++c) table[static_cast<unsigned char>(c)] = true;
  for (char c = 'a'; c <= 'z'; ++c) table[static_cast<unsigned char>(c)] = true;
  for (char c = 'A'; c <= 'Z'; ++c) table[static_cast<unsigned char>(c)] = true;
  for (const char c : others) table[static_cast<unsigned char>(c)] = true;
  return table;
}

// tchar of RFC 9110, the characters of RFC 3986 without `#`, and those of a Host.
constexpr Table kToken = table_of("!#$%&'*+-.^_`|~");
constexpr Table kTarget = table_of("-._~:/?[]@!$&'()*+,;=%");
constexpr Table kHost = table_of("-._~:[]!$&'()*+,;=%");

// Chunk sizes are short; so is what a sender may say besides (16 hex digits and an extension), and
// all of it in one body: nobody needs extensions, and they cost time.
constexpr std::size_t kChunkLine = 256;
constexpr std::size_t kChunkExtensions = 4096;

// An API server's is shorter.
constexpr std::size_t kUsualHead = 512;

bool holds(const Table& table, char c) { return table[static_cast<unsigned char>(c)]; }

bool all_of(const Table& table, std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [&](char c) { return holds(table, c); });
}

// field-content: visible characters, spaces and tabs, and what is beyond ASCII.
bool is_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || byte == '\t';
  });
}

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// `b` is in lower case.
bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == y; });
}

bool lists(std::string_view value, std::string_view token) {
  while (!value.empty()) {
    const std::size_t comma = std::min(value.find(','), value.size());
    if (same(trim(value.substr(0, comma)), token)) return true;
    value.remove_prefix(std::min(comma + 1, value.size()));
  }
  return false;
}

bool is_target(std::string_view method, std::string_view target) {
  if (!all_of(kTarget, target)) return false;
  if (target.front() == '/') return true;
  if (method == "OPTIONS" && target == "*") return true;
  if (method == "CONNECT") return target.find('/') == target.npos;
  return same(target.substr(0, 7), "http://") || same(target.substr(0, 8), "https://");
}

int hex_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// What follows the size: nothing, or `;name=value`.
bool is_chunk_extension(std::string_view text) {
  if (text.empty()) return true;
  return trim(text).starts_with(';') && is_value(text);
}

}  // namespace

HttpFraming::Step HttpFraming::feed(std::string_view input) {
  const std::size_t size = input.size();
  bool going = true;
  while (going) {
    if (has_head() && !head_told_ && state_ != State::failed) {
      head_told_ = true;
      return {Event::head, size - input.size()};
    }
    switch (state_) {
      case State::request_line: going = read_request_line(input); break;
      case State::header: going = read_header(input); break;
      case State::body:
      case State::chunk: going = read_body(input); break;
      case State::chunk_size: going = read_chunk_size(input); break;
      case State::chunk_end: going = read_chunk_end(input); break;
      case State::trailer: going = read_header(input); break;
      case State::complete:
      case State::failed: going = false; break;
    }
  }
  if (state_ == State::complete) return {Event::request, size - input.size()};
  if (state_ == State::failed) return {Event::error, size - input.size()};
  return {Event::more, size};
}

void HttpFraming::next() {
  // An idle connection keeps nothing.
  release(line_);
  release(head_);
  release(body_);
  left_ = received_ = 0;
  header_bytes_ = headers_ = extension_bytes_ = 0;
  state_ = State::request_line;
  begun_ = blank_line_ = head_told_ = http_1_0_ = false;
  keep_alive_ = true;
  has_host_ = has_length_ = chunked_ = expects_continue_ = oversized_ = discard_ = false;
}

void HttpFraming::discard_body() {
  discard_ = true;
  release(body_);
}

void HttpFraming::take(std::string& head, std::string& body) {
  head_.swap(head);
  body_.swap(body);
}

std::size_t HttpFraming::memory() const noexcept {
  return line_.capacity() + head_.capacity() + body_.capacity();
}

bool HttpFraming::fail(int status, std::string_view reason) {
  state_ = State::failed;
  status_ = status;
  reason_ = reason;
  keep_alive_ = false;
  release(line_);
  release(body_);
  return false;
}

// `limit` is without the line end. A whole line is a view of the input where it stands in one
// piece, else of line_, which the caller empties.
HttpFraming::Line HttpFraming::take_line(std::string_view& input, std::size_t limit,
                                         std::string_view& line) {
  const std::string_view window = input.substr(0, limit + 2 - line_.size());
  const std::size_t end = window.find('\n');
  if (end == window.npos) {
    line_ += window;
    input.remove_prefix(window.size());
    return line_.size() == limit + 2 ? Line::too_long : Line::partial;
  }
  if (line_.empty()) {
    line = window.substr(0, end);
  } else {
    line_ += window.substr(0, end);
    line = line_;
  }
  input.remove_prefix(end + 1);
  if (!line.ends_with('\r')) return Line::bad;
  line.remove_suffix(1);
  return Line::whole;
}

bool HttpFraming::read_request_line(std::string_view& input) {
  if (input.empty()) return false;
  // What cannot begin a request (a TLS record, say) is answered at once.
  if (line_.empty() && input.front() != '\r' && !holds(kToken, input.front())) {
    return fail(400, "not an HTTP request");
  }
  begun_ = true;
  std::string_view line;
  switch (take_line(input, limits_.request_line, line)) {
    case Line::partial: return false;
    case Line::too_long: return fail(414, "the request line is too long");
    case Line::bad: return fail(400, "a line does not end in CR LF");
    case Line::whole: break;
  }
  // RFC 9112 2.2: one empty line may precede, which some clients send after a body.
  if (line.empty()) {
    if (blank_line_) return fail(400, "empty lines instead of a request");
    blank_line_ = true;
    line_.clear();
    return true;
  }
  if (!parse_request_line(line)) return false;
  head_.reserve(kUsualHead);
  head_.append(line).append("\r\n");
  line_.clear();
  state_ = State::header;
  return true;
}

bool HttpFraming::parse_request_line(std::string_view line) {
  const std::size_t method_end = std::min(line.find(' '), line.size());
  const std::string_view method = line.substr(0, method_end);
  if (!all_of(kToken, method)) return fail(400, "the method is not a token");
  line.remove_prefix(std::min(method_end + 1, line.size()));
  const std::size_t target_end = std::min(line.find(' '), line.size());
  if (!is_target(method, line.substr(0, target_end))) return fail(400, "the target is not a URI");
  line.remove_prefix(std::min(target_end + 1, line.size()));
  if (line != "HTTP/1.1" && line != "HTTP/1.0") return fail(400, "neither HTTP/1.1 nor HTTP/1.0");
  http_1_0_ = line.back() == '0';
  keep_alive_ = !http_1_0_;
  return true;
}

// Headers and trailers: trailers count against the same limits and are dropped.
bool HttpFraming::read_header(std::string_view& input) {
  const std::size_t room = limits_.header_bytes - std::min(header_bytes_, limits_.header_bytes);
  std::string_view line;
  switch (take_line(input, std::min(limits_.header_line, room), line)) {
    case Line::partial: return false;
    case Line::too_long: return fail(431, "the headers are too long");
    case Line::bad: return fail(400, "a line does not end in CR LF");
    case Line::whole: break;
  }
  header_bytes_ += line.size() + 2;
  if (line.empty()) {
    release(line_);
    if (state_ == State::header) return end_head();
    end_request();
    return true;
  }
  if (++headers_ > limits_.headers) return fail(431, "too many headers");
  bool kept = state_ == State::header;
  if (!parse_header(line, kept)) return false;
  if (kept) head_.append(line).append("\r\n");
  line_.clear();
  return true;
}

bool HttpFraming::parse_header(std::string_view line, bool& keep) {
  const std::size_t colon = std::min(line.find(':'), line.size());
  const std::string_view name = line.substr(0, colon);
  // A folded line begins with a space, which is no token either.
  if (colon == line.size() || !all_of(kToken, name)) return fail(400, "a header has no name");
  const std::string_view value = trim(line.substr(colon + 1));
  if (!is_value(value)) return fail(400, "a header holds control characters");
  if (state_ == State::trailer) return true;
  return framing_header(name, value, keep);
}

bool HttpFraming::framing_header(std::string_view name, std::string_view value, bool& keep) {
  if (same(name, "host")) {
    if (has_host_) return fail(400, "two Host headers");
    if (!all_of(kHost, value)) return fail(400, "the Host is not a host");
    has_host_ = true;
  } else if (same(name, "content-length")) {
    keep = false;
    return content_length(value);
  } else if (same(name, "transfer-encoding")) {
    keep = false;
    if (chunked_) return fail(400, "two Transfer-Encoding headers");
    if (http_1_0_) return fail(400, "Transfer-Encoding in HTTP/1.0");
    if (!same(value, "chunked")) return fail(400, "a Transfer-Encoding other than chunked");
    chunked_ = true;
  } else if (same(name, "content-encoding")) {
    if (!same(value, "identity")) return fail(415, "a Content-Encoding other than identity");
  } else if (same(name, "expect")) {
    keep = false;
    if (!same(value, "100-continue")) return fail(417, "an Expect other than 100-continue");
    expects_continue_ = !http_1_0_;
  } else if (same(name, "connection")) {
    keep = false;
    if (lists(value, "close")) keep_alive_ = false;
  } else if (same(name, "keep-alive") || same(name, "proxy-connection") || same(name, "te") ||
             same(name, "trailer") || same(name, "upgrade")) {
    keep = false;
  }
  return true;
}

bool HttpFraming::content_length(std::string_view value) {
  if (has_length_) return fail(400, "two Content-Length headers");
  has_length_ = true;
  if (value.empty()) return fail(400, "the Content-Length is not a number");
  for (const char c : value) {
    if (c < '0' || c > '9') return fail(400, "the Content-Length is not a number");
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (left_ > (std::numeric_limits<std::uint64_t>::max() - digit) / 10) {
      return fail(400, "the Content-Length is not a number of 64 bits");
    }
    left_ = left_ * 10 + digit;
  }
  return true;
}

bool HttpFraming::end_head() {
  if (!has_host_ && !http_1_0_) return fail(400, "no Host header");
  if (has_length_ && chunked_) return fail(400, "both Content-Length and Transfer-Encoding");
  if (left_ > limits_.body && left_ > limits_.discard) return fail(413, "the body is too large");
  oversized_ = left_ > limits_.body;
  expects_continue_ = expects_continue_ && (chunked_ || left_ > 0);
  state_ = chunked_ ? State::chunk_size : State::body;
  return true;
}

bool HttpFraming::read_chunk_size(std::string_view& input) {
  std::string_view line;
  switch (take_line(input, kChunkLine, line)) {
    case Line::partial: return false;
    case Line::too_long: return fail(400, "the line of a chunk's size is too long");
    case Line::bad: return fail(400, "a line does not end in CR LF");
    case Line::whole: break;
  }
  std::size_t digits = 0;
  left_ = 0;
  for (; digits < line.size() && hex_of(line[digits]) >= 0; ++digits) {
    if (digits == 15) return fail(400, "a chunk's size has too many digits");
    left_ = left_ * 16 + static_cast<std::uint64_t>(hex_of(line[digits]));
  }
  if (digits == 0) return fail(400, "a chunk's size is not a number");
  const std::string_view extension = line.substr(digits);
  if (!is_chunk_extension(extension)) return fail(400, "a chunk's size is not a number");
  extension_bytes_ += extension.size();
  if (extension_bytes_ > kChunkExtensions) return fail(400, "too many chunk extensions");
  line_.clear();
  if (left_ == 0) {
    state_ = State::trailer;
    return true;
  }
  const std::uint64_t most = std::max(limits_.body, limits_.discard);
  if (left_ > most - received_) return fail(413, "the body is too large");
  state_ = State::chunk;
  return true;
}

bool HttpFraming::read_body(std::string_view& input) {
  const std::string_view bytes = input.substr(0, std::min<std::uint64_t>(left_, input.size()));
  keep(bytes);
  input.remove_prefix(bytes.size());
  left_ -= bytes.size();
  if (left_ != 0) return false;
  if (chunked_) {
    state_ = State::chunk_end;
  } else {
    end_request();
  }
  return true;
}

bool HttpFraming::read_chunk_end(std::string_view& input) {
  constexpr std::string_view kEnd = "\r\n";
  while (!input.empty()) {
    if (input.front() != kEnd[line_.size()]) return fail(400, "a chunk is longer than its size");
    line_ += input.front();
    input.remove_prefix(1);
    if (line_.size() == kEnd.size()) {
      line_.clear();
      state_ = State::chunk_size;
      return true;
    }
  }
  return false;
}

void HttpFraming::keep(std::string_view bytes) {
  received_ += bytes.size();
  if (discard_) return;
  const std::size_t beginning = std::min(kBodyBeginning, limits_.body);
  if (!oversized_ && received_ > limits_.body) {
    oversized_ = true;
    body_ = body_.substr(0, beginning);
  }
  const std::size_t limit = oversized_ ? beginning : limits_.body;
  const std::string_view kept = bytes.substr(0, limit - std::min(limit, body_.size()));
  const std::size_t need = body_.size() + kept.size();
  if (!chunked_ && need > body_.capacity()) {
    // Doubled, but to no more than is announced; reserve() alone would double that too.
    const std::size_t all = std::min<std::uint64_t>(limit, received_ - bytes.size() + left_);
    std::string larger;
    larger.reserve(std::min(all, std::max(2 * body_.capacity(), need)));
    body_.swap(larger.append(body_));
  }
  body_.append(kept);
}

void HttpFraming::end_request() {
  if (has_length_ || chunked_) {
    head_.append("Content-Length: ").append(std::to_string(received_)).append("\r\n");
  }
  head_.append("\r\n");
  state_ = State::complete;
}

}  // namespace kaudit
