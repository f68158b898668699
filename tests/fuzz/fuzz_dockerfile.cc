// Any bytes as a Dockerfile. What must hold beside the promises of every reader: strings do not
// overlap in the text (each is redacted by its place), and line breaks of Windows change nothing.
#include "manifests/read/dockerfile.h"
#include "tests/fuzz/check.h"

namespace kaudit::fuzz {
namespace {

class Places final : public DocumentVisitor {
 public:
  void document(const Document& document) override {
    std::uint32_t end = 0;
    for (NodeId id = 0; id < document.node_count(); ++id) {
      if (document.at(id).kind() != Kind::string) continue;
      const Place begin = document.begin_of(id);
      require(begin.column >= end, "strings come one after the other", document.pointer(id));
      require(document.end_of(id).column >= begin.column, "a string ends after it begins");
      end = document.end_of(id).column;
    }
  }
  void error(Error) override {}
};

}  // namespace
}  // namespace kaudit::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kaudit::fuzz;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const kaudit::Limits limits{.bytes = 1U << 20U, .nodes = 20'000, .depth = 50};
  const Checked unix_lines = read(kaudit::read_dockerfile, text, limits);
  Places places;
  kaudit::read_dockerfile(std::make_shared<const kaudit::Source>("input", text), limits, places);

  constexpr std::size_t kLongestCompared = 60'000;  // a longer line is an error of its own
  if (size > kLongestCompared || text.find('\r') != std::string::npos) return 0;
  std::string with_returns;
  for (const char c : text) {
    if (c == '\n') with_returns += '\r';
    with_returns += c;
  }
  const Checked windows_lines = read(kaudit::read_dockerfile, with_returns, limits);
  require(windows_lines.documents == unix_lines.documents, "line breaks of Windows change nothing",
          text);
  require(windows_lines.errors.size() == unix_lines.errors.size(),
          "line breaks of Windows cause no error", text);
  return 0;
}
