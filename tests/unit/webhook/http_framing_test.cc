#include "webhook/net/http_framing.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace kaudit {
namespace {

// Small, so that rows reach them.
const FramingLimits kLimits{.request_line = 100,
                            .header_line = 120,
                            .header_bytes = 300,
                            .headers = 6,
                            .body = 50,
                            .discard = 80};

// Everything that happens to a stream of bytes, as text: "head|body" for each request with flags in
// front ("close ", "oversized "), then "400 reason" or what is under way.
std::string run(std::string_view stream, const std::function<std::size_t()>& piece) {
  HttpFraming framing(kLimits);
  std::string told;
  std::string flags;
  std::string waiting;
  while (true) {
    const HttpFraming::Step step = framing.feed(waiting);
    waiting.erase(0, step.consumed);
    switch (step.event) {
      case HttpFraming::Event::head:
        flags = framing.keep_alive() ? "" : "close ";
        if (framing.expects_continue()) flags += "expects ";
        break;
      case HttpFraming::Event::request: {
        if (framing.oversized()) flags += "oversized ";
        std::string head, body;
        framing.take(head, body);
        told += flags + head + "|" + body + "\n";
        framing.next();
        EXPECT_FALSE(framing.begun());
        EXPECT_LE(framing.memory(), 64U);
        break;
      }
      case HttpFraming::Event::error:
        EXPECT_FALSE(framing.keep_alive());
        return told + std::to_string(framing.status()) + ' ' + std::string(framing.reason());
      case HttpFraming::Event::more:
        EXPECT_TRUE(waiting.empty());
        if (stream.empty()) {
          if (!framing.begun()) return told;
          return told + (framing.has_head() ? "body under way" : "head under way");
        }
        waiting = stream.substr(0, piece());
        stream.remove_prefix(waiting.size());
        break;
    }
  }
}

struct Case {
  std::string name, stream, expect;
};

void check(const std::vector<Case>& cases) {
  std::mt19937 random(1);
  for (const Case& c : cases) {
    EXPECT_EQ(run(c.stream, [] { return std::string::npos; }), c.expect) << c.name;
    EXPECT_EQ(run(c.stream, [] { return std::size_t{1}; }), c.expect) << c.name << ", byte by byte";
    for (int i = 0; i < 20; ++i) {
      const auto piece = [&] { return std::size_t{1} + random() % 12; };
      EXPECT_EQ(run(c.stream, piece), c.expect) << c.name << ", in pieces";
    }
  }
}

std::string head(std::string_view headers) {
  return "POST / HTTP/1.1\r\nHost: h\r\n" + std::string(headers) + "\r\n";
}

const std::string kChunked = head("Transfer-Encoding: chunked\r\n");
// What a chunked request with this body becomes.
std::string dechunked(const std::string& body) {
  return "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n|" + body + "\n";
}

TEST(HttpFraming, RequestLine) {
  const auto get = [](const std::string& line) { return line + "\r\nHost: h\r\n\r\n"; };
  const auto good = [&](const std::string& line) { return get(line) + "|\n"; };
  const std::string bad_target = "400 the target is not a URI";
  const std::string bad_version = "400 neither HTTP/1.1 nor HTTP/1.0";
  const std::string no_request = "400 not an HTTP request";
  check({
      {"nothing", "", ""},
      {"one", get("GET / HTTP/1.1"), good("GET / HTTP/1.1")},
      {"query", get("POST /validate?timeout=5s HTTP/1.1"),
       good("POST /validate?timeout=5s HTTP/1.1")},
      {"any method that is a token", get("M-SEARCH / HTTP/1.1"), good("M-SEARCH / HTTP/1.1")},
      {"absolute form", get("GET http://h/ HTTP/1.1"), good("GET http://h/ HTTP/1.1")},
      {"asterisk of OPTIONS", get("OPTIONS * HTTP/1.1"), good("OPTIONS * HTTP/1.1")},
      {"authority of CONNECT", get("CONNECT h:1 HTTP/1.1"), good("CONNECT h:1 HTTP/1.1")},
      {"one empty line before", "\r\n" + get("GET / HTTP/1.1"), good("GET / HTTP/1.1")},
      {"two empty lines before", "\r\n\r\n" + get("GET / HTTP/1.1"),
       "400 empty lines instead of a request"},
      {"begun", "GET / HT", "head under way"},
      {"HTTP/1.0 closes and needs no Host", "GET / HTTP/1.0\r\n\r\n",
       "close GET / HTTP/1.0\r\n\r\n|\n"},
      {"HTTP/1.0 that would stay", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
       "close GET / HTTP/1.0\r\n\r\n|\n"},
      {"preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", bad_target},
      {"HTTP/2.0", get("GET / HTTP/2.0"), bad_version},
      {"HTTP/1.2", get("GET / HTTP/1.2"), bad_version},
      {"HTTP/0.9", "GET /\r\n", bad_version},
      {"lower case", get("GET / http/1.1"), bad_version},
      {"no version", get("GET / "), bad_version},
      {"space after", get("GET / HTTP/1.1 "), bad_version},
      {"two spaces first", get("GET  / HTTP/1.1"), bad_target},
      {"two spaces then", get("GET /  HTTP/1.1"), bad_version},
      {"tab between", get("GET\t/ HTTP/1.1"), "400 the method is not a token"},
      {"space in the target", get("GET /a b HTTP/1.1"), bad_version},
      {"control character in the target", get("GET /\x01 HTTP/1.1"), bad_target},
      {"NUL in the target", get(std::string("GET /\0 HTTP/1.1", 15)), bad_target},
      {"beyond ASCII", get("GET /\xc3\xa4 HTTP/1.1"), bad_target},
      {"fragment", get("GET /#a HTTP/1.1"), bad_target},
      {"asterisk of GET", get("GET * HTTP/1.1"), bad_target},
      {"no slash", get("GET a HTTP/1.1"), bad_target},
      {"other scheme", get("GET ftp://h/ HTTP/1.1"), bad_target},
      {"method with a colon", get("G:T / HTTP/1.1"), "400 the method is not a token"},
      {"only CR", "GET / HTTP/1.1\rHost: h\r\n\r\n", bad_version},
      {"only LF", "GET / HTTP/1.1\nHost: h\r\n\r\n", "400 a line does not end in CR LF"},
      {"CR CR LF", get("GET / HTTP/1.1\r"), bad_version},
      {"space first", " GET / HTTP/1.1\r\n", no_request},
      {"LF first", "\nGET / HTTP/1.1\r\n", no_request},
      {"TLS", "\x16\x03\x01\x02", no_request},
      {"as long as may be", get("GET /" + std::string(86, 'a') + " HTTP/1.1"),
       good("GET /" + std::string(86, 'a') + " HTTP/1.1")},
      {"too long", get("GET /" + std::string(87, 'a') + " HTTP/1.1"),
       "414 the request line is too long"},
      {"endless", std::string(1000, 'a'), "414 the request line is too long"},
  });
}

TEST(HttpFraming, Headers) {
  const auto kept = [](const std::string& headers) {
    return "POST / HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n|\n";
  };
  const std::string no_name = "400 a header has no name";
  const std::string control = "400 a header holds control characters";
  const std::string too_long = "431 the headers are too long";
  check({
      {"kept as sent", head("A:b\r\nC:\t d \r\nE:\r\n"), kept("A:b\r\nC:\t d \r\nE:\r\n")},
      {"beyond ASCII in a value", head("A: \xc3\xa4\r\n"), kept("A: \xc3\xa4\r\n")},
      {"of the connection: dropped",
       head("Keep-Alive: 5\r\nTE: x\r\nUpgrade: h2c\r\nConnection: x, keep-alive\r\n"), kept("")},
      {"close", head("connection: X , CLOSE\r\n"), "close " + kept("")},
      {"identity", head("Content-Encoding: Identity\r\n"), kept("Content-Encoding: Identity\r\n")},
      {"gzip", head("Content-Encoding: gzip\r\n"), "415 a Content-Encoding other than identity"},
      {"two codings", head("Content-Encoding: identity, gzip\r\n"),
       "415 a Content-Encoding other than identity"},
      {"no Host", "GET / HTTP/1.1\r\n\r\n", "400 no Host header"},
      {"two Hosts", head("host: h\r\n"), "400 two Host headers"},
      {"two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n",
       "400 two Host headers"},
      {"empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", "400 the Host is not a host"},
      {"Host with a space", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "400 the Host is not a host"},
      {"Host with a slash", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "400 the Host is not a host"},
      {"Host with a port", "GET / HTTP/1.1\r\nHost: [::1]:1\r\n\r\n",
       "GET / HTTP/1.1\r\nHost: [::1]:1\r\n\r\n|\n"},
      {"space before the colon", head("A : b\r\n"), no_name},
      {"tab before the colon", head("A\t: b\r\n"), no_name},
      {"no colon", head("A\r\n"), no_name},
      {"no name", head(": b\r\n"), no_name},
      {"folded", head("A: b\r\n c\r\n"), no_name},
      {"folded by a tab", head("A: b\r\n\tc: d\r\n"), no_name},
      {"folded first", "GET / HTTP/1.1\r\n Host: h\r\n\r\n", no_name},
      {"space in the name", head("A b: c\r\n"), no_name},
      {"beyond ASCII in the name", head("\xc3\xa4: c\r\n"), no_name},
      {"NUL in a value", head(std::string("A: b\0c\r\n", 8)), control},
      {"CR in a value", head("A: b\rc\r\n"), control},
      {"CR CR LF", head("A: b\r\r\n"), control},
      {"escape in a value", head("A: \x1b[2J\r\n"), control},
      {"DEL in a value", head("A: \x7f\r\n"), control},
      {"only LF", head("A: b\n"), "400 a line does not end in CR LF"},
      {"only LF at the end", "GET / HTTP/1.1\r\nHost: h\r\n\n", "400 a line does not end in CR LF"},
      {"line as long as may be", head("A: " + std::string(117, 'b') + "\r\n"),
       kept("A: " + std::string(117, 'b') + "\r\n")},
      {"line too long", head("A: " + std::string(118, 'b') + "\r\n"), too_long},
      {"endless line", head("A: " + std::string(1000, 'b')), too_long},
      {"too long in all",
       head("A: " + std::string(100, 'b') + "\r\nB: " + std::string(100, 'b') +
            "\r\nC: " + std::string(100, 'b') + "\r\n"),
       too_long},
      {"as many as may be", head("A:\r\nB:\r\nC:\r\nD:\r\nE:\r\n"),
       kept("A:\r\nB:\r\nC:\r\nD:\r\nE:\r\n")},
      {"too many", head("A:\r\nB:\r\nC:\r\nD:\r\nE:\r\nF:\r\n"), "431 too many headers"},
  });
}

TEST(HttpFraming, BodiesByLength) {
  const auto with = [](const std::string& length) {
    return head("Content-Length: " + length + "\r\n");
  };
  const std::string no_number = "400 the Content-Length is not a number";
  const std::string kept = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ";
  check({
      {"none", head(""), "POST / HTTP/1.1\r\nHost: h\r\n\r\n|\n"},
      {"empty", with("0"), kept + "0\r\n\r\n|\n"},
      {"some", with("3") + "abc", kept + "3\r\n\r\n|abc\n"},
      {"leading zeros", with("0003") + "abc", kept + "3\r\n\r\n|abc\n"},
      {"holds anything", with("6") + std::string("\0\r\n\r\n\n", 6),
       kept + "6\r\n\r\n|" + std::string("\0\r\n\r\n\n", 6) + "\n"},
      {"under way", with("3") + "ab", "body under way"},
      {"of GET", "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx",
       "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n|x\n"},
      {"one after another", with("3") + "abc" + with("2") + "de" + head(""),
       kept + "3\r\n\r\n|abc\n" + kept + "2\r\n\r\n|de\nPOST / HTTP/1.1\r\nHost: h\r\n\r\n|\n"},
      {"an empty line after a body", with("1") + "a\r\n" + with("1") + "b",
       kept + "1\r\n\r\n|a\n" + kept + "1\r\n\r\n|b\n"},
      {"-1", with("-1"), no_number},
      {"+5", with("+5"), no_number},
      {"0x5", with("0x5"), no_number},
      {"5,6", with("5,6"), no_number},
      {"5, 5", with("5, 5"), no_number},
      {"5 5", with("5 5"), no_number},
      {"nothing", with(""), no_number},
      {"5.0", with("5.0"), no_number},
      {"1e3", with("1e3"), no_number},
      {"full-width digit", with("\xef\xbc\x95"), no_number},
      {"2^64", with("18446744073709551616"), "400 the Content-Length is not a number of 64 bits"},
      {"2^64 - 1", with("18446744073709551615"), "413 the body is too large"},
      {"two, equal", head("Content-Length: 3\r\nContent-Length: 3\r\n") + "abc",
       "400 two Content-Length headers"},
      {"two, different", head("Content-Length: 3\r\ncontent-length: 4\r\n"),
       "400 two Content-Length headers"},
      {"as large as may be", with("50") + std::string(50, 'a'),
       kept + "50\r\n\r\n|" + std::string(50, 'a') + "\n"},
      {"oversized", with("51") + std::string(51, 'a'),
       "oversized " + kept + "51\r\n\r\n|" + std::string(50, 'a') + "\n"},
      {"as oversized as may be", with("80") + std::string(80, 'a') + with("1") + "b",
       "oversized " + kept + "80\r\n\r\n|" + std::string(50, 'a') + "\n" + kept + "1\r\n\r\n|b\n"},
      {"too large", with("81") + "a", "413 the body is too large"},
      {"expected", head("Expect: 100-Continue\r\nContent-Length: 1\r\n") + "a",
       "expects " + kept + "1\r\n\r\n|a\n"},
      {"nothing to expect", head("Expect: 100-continue\r\n"),
       "POST / HTTP/1.1\r\nHost: h\r\n\r\n|\n"},
      {"HTTP/1.0 expects nothing",
       "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\na",
       "close POST / HTTP/1.0\r\nContent-Length: 1\r\n\r\n|a\n"},
      {"unknown expectation", head("Expect: 200-ok\r\n"), "417 an Expect other than 100-continue"},
  });
}

TEST(HttpFraming, BodiesInChunks) {
  const std::string no_size = "400 a chunk's size is not a number";
  const std::string other = "400 a Transfer-Encoding other than chunked";
  const std::string longer = "400 a chunk is longer than its size";
  const std::string too_large = "413 the body is too large";
  const std::string extension = ";" + std::string(200, 'e');
  std::string extensions;
  for (int i = 0; i < 21; ++i) extensions += "1" + extension + "\r\na\r\n";
  check({
      {"empty", kChunked + "0\r\n\r\n", dechunked("")},
      {"one", kChunked + "3\r\nabc\r\n0\r\n\r\n", dechunked("abc")},
      {"several, in both cases", kChunked + "a\r\n0123456789\r\nA\r\nabcdefghij\r\n00\r\n\r\n",
       dechunked("0123456789abcdefghij")},
      {"two requests", kChunked + "1\r\na\r\n0\r\n\r\n" + kChunked + "1\r\nb\r\n0\r\n\r\n",
       dechunked("a") + dechunked("b")},
      {"any case of the name and value",
       head("transfer-ENCODING: \tChunked \r\n") + "1\r\na\r\n0\r\n\r\n", dechunked("a")},
      {"extension", kChunked + "1;a=b;c=\"d\"\r\na\r\n0\t;x\r\n\r\n", dechunked("a")},
      {"trailers, dropped", kChunked + "1\r\na\r\n0\r\nX: y\r\nContent-Length: 9\r\n\r\n",
       dechunked("a")},
      {"expected", head("Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n") + "0\r\n\r\n",
       "expects " + dechunked("")},
      {"under way", kChunked + "3\r\nabc\r\n0\r\n", "body under way"},
      {"both lengths", head("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n",
       "400 both Content-Length and Transfer-Encoding"},
      {"both lengths, the other way",
       head("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n") + "0\r\n\r\n",
       "400 both Content-Length and Transfer-Encoding"},
      {"twice", head("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
       "400 two Transfer-Encoding headers"},
      {"HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       "400 Transfer-Encoding in HTTP/1.0"},
      {"gzip, chunked", head("Transfer-Encoding: gzip, chunked\r\n"), other},
      {"chunked, chunked", head("Transfer-Encoding: chunked, chunked\r\n"), other},
      {"identity", head("Transfer-Encoding: identity\r\n"), other},
      {"xchunked", head("Transfer-Encoding: xchunked\r\n"), other},
      {"quoted", head("Transfer-Encoding: \"chunked\"\r\n"), other},
      {"no value", head("Transfer-Encoding:\r\n"), other},
      {"negative", kChunked + "-1\r\n", no_size},
      {"plus", kChunked + "+1\r\na\r\n", no_size},
      {"0x", kChunked + "0x1\r\na\r\n", no_size},
      {"no size", kChunked + "\r\na\r\n", no_size},
      {"space first", kChunked + " 1\r\na\r\n", no_size},
      {"space after", kChunked + "1 \r\na\r\n", no_size},
      {"not hex", kChunked + "g\r\n", no_size},
      {"comma", kChunked + "1,1\r\na\r\n", no_size},
      {"underscore", kChunked + "1_0\r\n", no_size},
      {"only an extension", kChunked + ";a\r\n", no_size},
      {"control character in an extension", kChunked + "1;a\rb\r\n", no_size},
      {"overflow", kChunked + "10000000000000001\r\n", "400 a chunk's size has too many digits"},
      {"huge", kChunked + "fffffffffffffff\r\n", too_large},
      {"only LF after the size", kChunked + "1\na\r\n", "400 a line does not end in CR LF"},
      {"longer than its size", kChunked + "1\r\nab\r\n", longer},
      {"only LF after the chunk", kChunked + "1\r\na\n", longer},
      {"no line end after the chunk", kChunked + "1\r\na0\r\n\r\n", longer},
      {"CR and something", kChunked + "1\r\na\rb", longer},
      {"long extension", kChunked + "1;" + std::string(300, 'e') + "\r\n",
       "400 the line of a chunk's size is too long"},
      {"many extensions", kChunked + extensions, "400 too many chunk extensions"},
      {"trailer without a name", kChunked + "0\r\nX\r\n\r\n", "400 a header has no name"},
      {"too many trailers", kChunked + "0\r\nA:\r\nB:\r\nC:\r\nD:\r\nE:\r\n",
       "431 too many headers"},
      {"trailers too long",
       kChunked + "0\r\nA: " + std::string(110, 'a') + "\r\nB: " + std::string(110, 'a') +
           "\r\nC: " + std::string(110, 'a') + "\r\n",
       "431 the headers are too long"},
      {"as large as may be", kChunked + "32\r\n" + std::string(50, 'a') + "\r\n0\r\n\r\n",
       dechunked(std::string(50, 'a'))},
      {"oversized",
       kChunked + "30\r\n" + std::string(48, 'a') + "\r\n10\r\n" + std::string(16, 'b') +
           "\r\n0\r\n\r\n",
       "oversized POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 64\r\n\r\n|" +
           std::string(48, 'a') + "bb\n"},
      {"too large in one", kChunked + "51\r\n", too_large},
      {"too large in all", kChunked + "50\r\n" + std::string(80, 'a') + "\r\n1\r\n", too_large},
  });
}

TEST(HttpFraming, KeepsTheBeginningOfAnOversizedBody) {
  const FramingLimits limits{.body = 1U << 20U, .discard = 4U << 20U};
  HttpFraming framing(limits);
  const std::string text = head("Transfer-Encoding: chunked\r\n") + "200000\r\n" +
                           std::string(2U << 20U, 'a') + "\r\n0\r\n\r\n";
  std::size_t at = framing.feed(text).consumed;
  ASSERT_EQ(framing.feed(std::string_view(text).substr(at)).event, HttpFraming::Event::request);
  EXPECT_TRUE(framing.oversized());
  EXPECT_EQ(framing.body(), std::string(kBodyBeginning, 'a'));
  EXPECT_LT(framing.memory(), 2 * kBodyBeginning);
}

TEST(HttpFraming, ReadsWhatIsAnsweredAlreadyWithoutKeepingIt) {
  HttpFraming framing(kLimits);
  std::string text = head("Content-Length: 40\r\n");
  ASSERT_EQ(framing.feed(text).event, HttpFraming::Event::head);
  EXPECT_EQ(framing.announced(), 40U);
  framing.discard_body();
  ASSERT_EQ(framing.feed(std::string(39, 'a')).event, HttpFraming::Event::more);
  EXPECT_EQ(framing.body(), "");
  ASSERT_EQ(framing.feed("aX").event, HttpFraming::Event::request);
  framing.next();
  EXPECT_FALSE(framing.begun());
}

// What a sender can make it hold is bounded by the limits, not by what it announces.
TEST(HttpFraming, HoldsNoMoreThanWasSent) {
  const FramingLimits limits;
  HttpFraming framing(limits);
  framing.feed(head("Content-Length: 8000000\r\n"));
  framing.feed(std::string(1000, 'a'));
  EXPECT_LT(framing.memory(), 4000U);
  for (int i = 1; i < 7999; ++i) framing.feed(std::string(1000, 'a'));
  EXPECT_LT(framing.memory(), 8'002'000U);
}

}  // namespace
}  // namespace kaudit
