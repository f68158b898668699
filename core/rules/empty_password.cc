// Reads: etc/passwd and etc/shadow in an image's layers, as they are in its file system. Refused:
// accounts that need no password; a uid 0 beside root's.
#include "core/layer_message.h"
#include "core/rule.h"

namespace kaudit {
namespace {

std::string names_of(std::span<const std::string_view> users) {
  constexpr std::size_t kNamed = 5;
  std::string out;
  for (std::size_t n = 0; n < users.size() && n < kNamed; ++n) {
    out += (n == 0 ? "" : ", ") + quoted(users[n]);
  }
  if (users.size() > kNamed) out += " and " + std::to_string(users.size() - kNamed) + " more";
  return out;
}

void check(const LayeredImage& image, Sink& sink) {
  for (const Layer& layer : image.layers) {
    for (const ImageFile& file : layer.files) {
      if (file.hidden_by != 0) continue;
      const std::string where = name_of(layer) + ": " + quoted(file.path);
      if (!file.without_password.empty()) {
        sink.report({.at = file.at,
                     .message = where + " lets " + names_of(file.without_password) +
                                " in without a password; every account must be locked",
                     .fix = "RUN passwd -l USER"});
      }
      if (!file.second_root.empty()) {
        sink.report({.at = file.at,
                     .message = where + " gives uid 0 to " + names_of(file.second_root) +
                                ", which is root by another name; only root must have it",
                     .fix = "RUN usermod -u 10001 USER"});
      }
    }
  }
}

constexpr std::string_view kReferences[] = {
    "https://man7.org/linux/man-pages/man5/shadow.5.html",
    "https://cve.mitre.org/cgi-bin/cvename.cgi?name=CVE-2019-5021"};

}  // namespace

extern constinit const Rule rule_empty_password = checked({
    .id = "KA5003",
    .slug = "empty-password",
    .title = "An account of the image needs no password, or is root by another name",
    .rationale =
        "Whoever runs as an ordinary user in the container becomes that account with `su` and no "
        "password; with uid 0 that is root, so that the image's USER protects nothing.",
    .remediation = "Lock the account (`passwd -l USER`), or delete it; only root has uid 0.",
    .severity = Severity::high,
    .surfaces = {Surface::image},
    .aliases = {},
    .references = kReferences,
    .bad = R"(# expect-next: empty-password
ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in /
# file: 640 etc/shadow root::19000:0:99999:7:::\n
USER 10001
)",
    .good = R"(ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in /
# file: 640 etc/shadow root:*:19000:0:99999:7:::\n
USER 10001
)",
    .checks = {.image = check},
});

}  // namespace kaudit
