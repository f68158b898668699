#include "core/build_user.h"

#include <algorithm>
#include <iterator>

#include "core/image_ref.h"
#include "core/shown.h"

namespace kaudit {
namespace {

// Docker Official Images whose configuration names no user, so that they start as root. Source: the
// Dockerfiles in github.com/docker-library, October 2026. Some step down in their entrypoint; what
// is built on them runs that entrypoint, or not.
constexpr std::string_view kRootImages[] = {"almalinux",
                                            "alpine",
                                            "amazoncorretto",
                                            "amazonlinux",
                                            "buildpack-deps",
                                            "busybox",
                                            "caddy",
                                            "debian",
                                            "eclipse-temurin",
                                            "fedora",
                                            "gcc",
                                            "golang",
                                            "httpd",
                                            "julia",
                                            "mariadb",
                                            "maven",
                                            "mongo",
                                            "mysql",
                                            "nginx",
                                            "node",
                                            "openjdk",
                                            "oraclelinux",
                                            "perl",
                                            "php",
                                            "postgres",
                                            "python",
                                            "rabbitmq",
                                            "redis",
                                            "rockylinux",
                                            "ruby",
                                            "rust",
                                            "swift",
                                            "tomcat",
                                            "ubuntu",
                                            "wordpress"};

bool is_number(std::string_view text) noexcept {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

bool starts_as_root(std::string_view image) noexcept {
  const ImageRef ref = split_image(image);
  if (pulled_registry(ref) != "docker.io") return false;
  std::string_view name = ref.repository;
  if (name.starts_with("library/")) name.remove_prefix(std::string_view("library/").size());
  return std::find(std::begin(kRootImages), std::end(kRootImages), name) != std::end(kRootImages);
}

bool is_windows(const Build& build, const Stage& stage) noexcept {
  const Stage& root = build.root_of(stage);
  return root.base.value.find("windows") != std::string_view::npos ||
         root.base.value.find("nanoserver") != std::string_view::npos ||
         root.platform.value.starts_with("windows");
}

BuildUser user_of(const Build& build, const Stage& stage) noexcept {
  using enum BuildUser::Kind;
  BuildUser out{unknown, {}, build.root_of(stage).base, stage.at, build.surface == Surface::image};
  const Instruction* user = build.last(stage, Op::user);
  if (user != nullptr) {
    if (user->words.empty()) return out;
    out.user = user->words[0];
    out.at = out.user.at;
  }
  if (is_windows(build, stage)) return out;
  if (user == nullptr) {
    // An image has its base's user too, in its own configuration.
    const bool is_root =
        out.of_image ||
        (out.base.written() && (out.base.value == "scratch" || starts_as_root(out.base.value)));
    if (is_root) out.kind = root;
  } else if (out.user.written()) {
    out.kind = is_root_user(out.user.value)           ? root
               : is_number(user_part(out.user.value)) ? uid
                                                      : name;
  }
  return out;
}

std::string why_root(const BuildUser& user) {
  if (user.user.written()) return "its last USER is " + quoted(user.user.value);
  if (user.of_image) return "its configuration names no user";
  if (user.base.value == "scratch") return "no USER says otherwise and scratch has no users";
  return "no USER says otherwise and " + quoted(user.base.value) + " starts as root";
}

}  // namespace kaudit
