// Docker Official Images, by whatever way they are pulled.
//
// Ownership: views of the reference. Thread-safety: pure functions.
#pragma once

#include <algorithm>
#include <iterator>
#include <string_view>

#include "core/image_ref.h"

namespace kaudit {

[[nodiscard]] inline bool is_docker_hub(std::string_view registry) noexcept {
  constexpr std::string_view kNames[] = {"docker.io", "index.docker.io", "registry-1.docker.io",
                                         "registry.hub.docker.com"};
  return registry.empty() ||
         std::find(std::begin(kNames), std::end(kNames), registry) != std::end(kNames);
}

// `node` of `node`, `docker.io/library/node`, and of what mirrors and proxies hand on:
// `public.ecr.aws/docker/library/node`, `reg.example/proxy/library/node`. Empty: it is none.
[[nodiscard]] inline std::string_view official_name(const ImageRef& image) noexcept {
  constexpr std::string_view kLibrary = "library/";
  std::string_view path = image.repository;
  const std::string_view name = image.name();
  path.remove_suffix(name.size());
  if (path.empty()) return is_docker_hub(image.registry) ? name : std::string_view();
  // The same images of one architecture.
  constexpr std::string_view kArchitectures[] = {"amd64/",   "arm32v5/", "arm32v6/",
                                                 "arm32v7/", "arm64v8/", "i386/",
                                                 "ppc64le/", "riscv64/", "s390x/"};
  if (is_docker_hub(image.registry) &&
      std::find(std::begin(kArchitectures), std::end(kArchitectures), path) !=
          std::end(kArchitectures)) {
    return name;
  }
  const bool library = path == kLibrary || path.ends_with("/library/");
  return library ? name : std::string_view();
}

}  // namespace kaudit
