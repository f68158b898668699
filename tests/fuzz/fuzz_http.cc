// Any bytes as a stream of HTTP requests. However the stream is cut, the same requests and the same
// error come out; what is kept stays within the limits; nothing is consumed twice.
#include <algorithm>
#include <string>
#include <string_view>

#include "tests/fuzz/check.h"
#include "webhook/net/http_framing.h"

namespace kaudit::fuzz {
namespace {

// Small, so that inputs of a few kilobytes reach them.
constexpr FramingLimits kSmall{.request_line = 100,
                               .header_line = 200,
                               .header_bytes = 400,
                               .headers = 8,
                               .body = 300,
                               .discard = 600};
// Strings double: twice of each, a head's own line ends and length, and an allocation's least.
constexpr std::size_t kMostMemory =
    2 * (kSmall.request_line + kSmall.header_bytes + kSmall.header_line + kSmall.body) + 1024;

// Pieces whose sizes follow from `seed`; 0: one piece.
std::string events(std::string_view stream, std::uint32_t seed) {
  HttpFraming framing(kSmall);
  std::string told, waiting;
  while (true) {
    const HttpFraming::Step step = framing.feed(waiting);
    require(step.consumed <= waiting.size(), "no more is consumed than is there");
    require(framing.memory() <= kMostMemory, "the limits hold", std::to_string(framing.memory()));
    waiting.erase(0, step.consumed);
    switch (step.event) {
      case HttpFraming::Event::head: told += framing.keep_alive() ? "head " : "close "; break;
      case HttpFraming::Event::request: {
        require(framing.body().size() <= kSmall.body, "a body is within its limit");
        require(framing.head().find('\0') == std::string_view::npos, "no NUL in a head");
        require(framing.head().ends_with("\r\n\r\n"), "a head ends in an empty line");
        told.append(framing.oversized() ? "oversized " : "").append(framing.head());
        told.append(framing.body());
        framing.next();
        break;
      }
      case HttpFraming::Event::error:
        require(framing.status() >= 400 && framing.status() < 500, "an error has a status");
        return told + std::to_string(framing.status()) + std::string(framing.reason());
      case HttpFraming::Event::more: {
        require(waiting.empty(), "all is taken before more is wanted");
        if (stream.empty()) return told + (framing.begun() ? "begun" : "");
        seed = seed * 1664525U + 1013904223U * (seed != 0 ? 1U : 0U);
        const std::size_t size = seed == 0 ? stream.size() : 1 + (seed >> 24U) % 40;
        waiting = stream.substr(0, size);
        stream.remove_prefix(waiting.size());
        break;
      }
    }
  }
}

}  // namespace
}  // namespace kaudit::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kaudit::fuzz;
  const std::string_view stream(reinterpret_cast<const char*>(data), size);
  const std::string whole = events(stream, 0);
  for (const std::uint32_t seed : {1U, 77U}) {
    const std::string pieces = events(stream, seed);
    require(pieces == whole, "pieces do not matter", whole, pieces);
  }
  return 0;
}
