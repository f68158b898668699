#include "manifests/cli/inline_dockerfile.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace kaudit {
namespace {

// One line of the value beside the line it was written as, without its indentation. False where
// they differ by more than `$$` for `$`.
bool match_line(std::string_view value, std::string_view written, Mark at, std::size_t offset,
                std::vector<Source::Piece>& pieces) {
  pieces.push_back({offset, at});
  std::size_t n = 0;
  for (const char c : value) {
    if (n == written.size() || written[n] != c) return false;
    if (starts_code_point(c)) ++at.column;
    ++offset;
    ++n;
    if (c != '$') continue;
    if (n == written.size() || written[n] != '$') return false;
    ++n;
    ++at.column;
    pieces.push_back({offset, at});
  }
  return n == written.size();
}

}  // namespace

Result<std::shared_ptr<const Source>> inline_dockerfile(const Document& document, NodeId text) {
  const Source& file = document.source_of(text);
  const Mark begin = document.mark(text);
  const std::string_view header = std::string_view(file.text()).substr(file.offset(begin));
  if (!header.starts_with('|')) {
    return Error{
        ErrorCode::unsupported, "dockerfile_inline is not written as a literal block (|)", {}};
  }
  const std::size_t end_of_header = header.find_first_of("0123456789\r\n");
  if (end_of_header != std::string_view::npos && header[end_of_header] >= '0') {
    return Error{ErrorCode::unsupported, "dockerfile_inline gives its indentation as a number", {}};
  }
  const std::string_view value = document.at(text).text();
  std::uint32_t line = begin.line + 1;
  std::size_t indentation = std::string_view::npos;
  for (std::uint32_t n = line; indentation == std::string_view::npos; ++n) {
    const std::string_view written = file.line(n);
    if (written.data() == nullptr) break;
    indentation = written.find_first_not_of(' ');
  }
  std::vector<Source::Piece> pieces;
  for (std::size_t at = 0; at < value.size(); ++line) {
    const std::size_t size = std::min(value.find('\n', at), value.size()) - at;
    std::string_view written = file.line(line);
    written.remove_prefix(std::min(indentation, written.size()));
    const Mark mark{line, static_cast<std::uint32_t>(indentation) + 1};
    if (!match_line(value.substr(at, size), written, mark, at, pieces)) {
      return Error{ErrorCode::unsupported,
                   "dockerfile_inline holds variables of Compose, or breaks its lines oddly",
                   {}};
    }
    at += size + 1;
  }
  if (pieces.empty()) {
    return Error{ErrorCode::malformed, "dockerfile_inline is empty", {}};
  }
  return std::make_shared<const Source>(file.name(), std::string(value), std::move(pieces));
}

}  // namespace kaudit
