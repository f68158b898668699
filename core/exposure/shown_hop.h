// How hops are written. Private to core/exposure.
//
// Thread-safety: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "core/exposure/records.h"

namespace kaudit {

// Without one an object is in `default`, as kubectl takes it without -n.
[[nodiscard]] inline std::string_view namespace_of(const ObjectRecord& object) noexcept {
  return object.ns.empty() ? std::string_view("default") : std::string_view(object.ns);
}

// "deploy/shop" of deploy/shop/web.yaml; empty where the file has no directory.
[[nodiscard]] inline std::string directory_of(const ObjectRecord& object) {
  const std::size_t slash = object.where.source.rfind('/');
  return slash == std::string::npos ? std::string() : object.where.source.substr(0, slash);
}
// As it may stand in a hop or a note: a name may be a token by mistake. File names are shown whole,
// for they are what a report is looked up by.
[[nodiscard]] std::string shown_name(std::string_view name);
// "Service shop/web", "service web".
[[nodiscard]] std::string title_of(const ObjectRecord& object);
// "Deployment shop/web (3 replicas, always running)".
[[nodiscard]] std::string title_of_workload(const WorkloadRecord& workload);
[[nodiscard]] inline Hop hop_of(const ObjectRecord& object) {
  return {title_of(object), object.where};
}

}  // namespace kaudit
