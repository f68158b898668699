#include "core/secret_content.h"

namespace kaudit {

void secrets_in_file(std::string_view path, std::string_view content,
                     std::vector<SecretMatch>& out) {
  if (path.find(".env") != path.npos) return find_secrets(content, out);
  for (std::size_t at = 0;;) {
    const SecretMatch match = secret_by_shape(content, at);
    if (match.grade == SecretGrade::none) return;
    out.push_back(match);
    at = match.begin + match.size;
  }
}

bool content_tells(std::string_view path) noexcept {
  return path.ends_with(".pem") || path.ends_with(".key");
}

}  // namespace kaudit
