// Where one HTTP/1.1 request ends and the next begins (RFC 9112), strictly: what two readers could
// understand differently is refused, and the connection with it.
//
// Bytes in, events out; no socket. Each byte is looked at once, however the input is cut, and no
// more is kept than the limits say. Ownership: owns its buffers, refers to the limits.
// Thread-safety: none. Units: bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace kaudit {

struct FramingLimits {
  std::size_t request_line = 4096, header_line = 8192, header_bytes = 32768, headers = 64;
  std::size_t body = 8U << 20U;
  std::size_t discard = 32U << 20U;  // read of a larger body, to answer it
};

// What is kept of an oversized body: a review's uid stands in its first bytes.
inline constexpr std::size_t kBodyBeginning = 64U << 10U;

class HttpFraming {
 public:
  enum class Event : std::uint8_t {
    more,     // all of the input is taken; give more
    head,     // the headers are complete, the body is not yet read
    request,  // all of it; take() and next()
    error,    // answer with status() and close
  };
  struct Step {
    Event event;
    std::size_t consumed;  // bytes of the input
  };

  explicit HttpFraming(const FramingLimits& limits) : limits_(limits) {}

  // Takes input up to the next event. After `request` only next() goes on, after `error` nothing.
  Step feed(std::string_view input);
  void next();
  // The body is read from here on, but not kept: the request is answered already.
  void discard_body();

  // Of the request under way: any byte of it, its headers.
  [[nodiscard]] bool begun() const noexcept { return begun_; }
  [[nodiscard]] bool has_head() const noexcept { return state_ > State::header; }
  // From `head` on.
  [[nodiscard]] bool keep_alive() const noexcept { return keep_alive_; }
  [[nodiscard]] bool expects_continue() const noexcept { return expects_continue_; }
  // Of the body, by its Content-Length; 0 where it is chunked. At `head` only.
  [[nodiscard]] std::uint64_t announced() const noexcept { return left_; }
  // The request line, headers without those that concern one connection only, the length of the
  // body, an empty line. Complete from `request` on.
  [[nodiscard]] std::string_view head() const noexcept { return head_; }
  [[nodiscard]] std::string_view body() const noexcept { return body_; }
  [[nodiscard]] bool oversized() const noexcept { return oversized_; }
  // Exchanges the buffers of a complete request for others, whose memory is used again.
  void take(std::string& head, std::string& body);

  // Of an error: of HTTP, and a sentence that holds nothing of the input.
  [[nodiscard]] int status() const noexcept { return status_; }
  [[nodiscard]] std::string_view reason() const noexcept { return reason_; }
  [[nodiscard]] bool is_head_method() const noexcept { return head_.starts_with("HEAD "); }

  // Bytes allocated.
  [[nodiscard]] std::size_t memory() const noexcept;

 private:
  enum class State : std::uint8_t {
    request_line,
    header,
    body,        // of a known length
    chunk_size,  // its line
    chunk,       // its bytes
    chunk_end,   // the line end after them
    trailer,
    complete,
    failed,
  };
  enum class Line : std::uint8_t { partial, whole, too_long, bad };

  bool fail(int status, std::string_view reason);
  Line take_line(std::string_view& input, std::size_t limit, std::string_view& line);
  // Each takes what it can of the input; false: more is needed, or it failed.
  bool read_request_line(std::string_view& input);
  bool read_header(std::string_view& input);
  bool read_chunk_size(std::string_view& input);
  bool read_body(std::string_view& input);
  bool read_chunk_end(std::string_view& input);

  bool parse_request_line(std::string_view line);
  bool parse_header(std::string_view line, bool& keep);
  bool framing_header(std::string_view name, std::string_view value, bool& keep);
  bool content_length(std::string_view value);
  bool end_head();
  void end_request();
  void keep(std::string_view bytes);

  const FramingLimits& limits_;
  std::string line_;  // the beginning of a line that came in pieces
  std::string head_, body_;
  std::uint64_t left_ = 0;      // of the body or chunk
  std::uint64_t received_ = 0;  // of the body
  std::size_t header_bytes_ = 0, headers_ = 0, extension_bytes_ = 0;
  std::string_view reason_;
  int status_ = 0;
  State state_ = State::request_line;
  bool begun_ = false, blank_line_ = false, head_told_ = false, http_1_0_ = false,
       keep_alive_ = true;
  bool has_host_ = false, has_length_ = false, chunked_ = false;
  bool expects_continue_ = false, oversized_ = false, discard_ = false;
};

}  // namespace kaudit
