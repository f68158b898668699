// Whom an image runs as when no USER says it: what is known of images that are often built on.
#pragma once

#include <algorithm>
#include <string_view>

#include "core/build.h"
#include "core/image_ref.h"

namespace kaudit {

// Docker Official Images whose configuration names no user, so that they start as root. Source: the
// Dockerfiles in github.com/docker-library, October 2026. Some step down in their entrypoint; what
// is built on them runs that entrypoint, or not.
inline constexpr std::string_view kRootImages[] = {"almalinux",
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

[[nodiscard]] inline bool starts_as_root(std::string_view image) noexcept {
  const ImageRef ref = split_image(image);
  if (!ref.registry.empty() && ref.registry != "docker.io" && ref.registry != "index.docker.io") {
    return false;
  }
  std::string_view name = ref.repository;
  if (name.starts_with("library/")) name.remove_prefix(std::string_view("library/").size());
  return std::find(std::begin(kRootImages), std::end(kRootImages), name) != std::end(kRootImages);
}

// Users of Windows are others: ContainerAdministrator, ContainerUser.
[[nodiscard]] inline bool is_windows(const Build& build, const Stage& stage) noexcept {
  const Stage& root = build.root_of(stage);
  return root.base.value.find("windows") != std::string_view::npos ||
         root.base.value.find("nanoserver") != std::string_view::npos ||
         root.platform.value.starts_with("windows");
}

}  // namespace kaudit
