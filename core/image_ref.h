// References to container images: `registry:port/path:tag@digest`, taken apart as containerd and
// Docker do (the grammar of github.com/distribution/reference).
//
// Ownership: views into the text handed in. Thread-safety: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kaudit {

struct ImageRef {
  std::string_view registry;    // with its port; empty: Docker Hub, as nothing is written
  std::string_view repository;  // as written, without registry: `nginx`, `library/nginx`
  std::string_view tag;         // empty: none is written, which means `latest`
  std::string_view digest;      // `sha256:…`; where there is one the tag does not count

  // The last part of the repository: `nginx` of `bitnami/nginx`.
  [[nodiscard]] std::string_view name() const noexcept {
    return repository.substr(repository.rfind('/') + 1);
  }
};

// The name under which Docker and containerd pull it: `docker.io` where no registry is written, or
// its old name index.docker.io.
[[nodiscard]] std::string_view pulled_registry(const ImageRef& ref) noexcept;
// Of Docker Hub and without a namespace, so that `library/` is put before it.
[[nodiscard]] bool is_bare(const ImageRef& ref) noexcept;
// `docker.io/library/nginx`.
[[nodiscard]] std::string pulled_name(const ImageRef& ref);
// `latest` where neither a tag nor a digest is written.
[[nodiscard]] std::string_view pulled_tag(const ImageRef& ref) noexcept;

// Takes apart without asking whether the parts are well formed: cheap, for a first look.
[[nodiscard]] ImageRef split_image(std::string_view text) noexcept;

// Whether the grammar allows the text that was split into `ref`.
[[nodiscard]] bool is_valid(std::string_view text, const ImageRef& ref) noexcept;

// Nothing where the grammar does not allow the text: a kubelet answers InvalidImageName, so no
// image runs, or a tool such as ko or envsubst is yet to replace it.
[[nodiscard]] std::optional<ImageRef> parse_image(std::string_view text) noexcept;

}  // namespace kaudit
