// A Compose mount has a volume of its own with the same place: Workload::volumes[n] and
// Container::mounts[n].
#include "core/host_path.h"
#include "core/rules/compose/compose.h"
#include "core/rules/message.h"

namespace kaudit::compose {
namespace {

// Hands over each bind mount of the service with what its path means.
template <class Visit>
void for_each_bind(const Workload& service, const Visit& visit) {
  const Container& container = service.containers.front();
  for (std::size_t n = 0; n < service.volumes.size() && n < container.mounts.size(); ++n) {
    const Volume& volume = service.volumes[n];
    if (!volume.host_path.written()) continue;
    const HostPath path(volume.host_path.value);
    visit(container, volume, container.mounts[n], path, grade(path));
  }
}

std::string mounts(const Container& container, const Volume& volume, const Mount& mount) {
  return subject(container) + " mounts " + quoted(volume.host_path.value) + " of the host at " +
         quoted(mount.path.value);
}

// `/var/run/docker.sock` where another way of writing led there.
std::string takes_effect_as(const Volume& volume, const HostPath& path) {
  return path.text() == volume.host_path.value ? std::string()
                                               : " (which is " + quoted(path.text()) + ")";
}

bool leads_to_runtime(const HostPathGrade& found) noexcept {
  return found.kind == HostPathKind::runtime_socket ||
         found.kind == HostPathKind::runtime_directory;
}

}  // namespace

void runtime_socket(const Workload& service, Sink& sink) {
  for_each_bind(service, [&](const Container& container, const Volume& volume, const Mount& mount,
                             const HostPath& path, const HostPathGrade& found) {
    if (!leads_to_runtime(found)) return;
    const bool file = found.kind == HostPathKind::runtime_socket;
    std::string message = mounts(container, volume, mount) + takes_effect_as(volume, path);
    message += file ? ", the socket of " + std::string(found.what)
                    : ", a directory above the sockets of " + sockets_below(path);
    if (mount.read_only.is(true)) message += "; read-only does not prevent connecting";
    message +=
        "; whoever reaches such a socket starts containers with any right on the host, so no "
        "volume may lead to one";
    sink.report({.at = volume.host_path.at,
                 .message = std::move(message),
                 .fix = file ? "Delete this volume; where a part of the API is needed, run a proxy "
                               "that allows just that (`DOCKER_HOST: tcp://socket-proxy:2375`)"
                             : "Mount only the folder that is needed",
                 .container = &container});
  });
}

void sensitive_host_path(const Workload& service, Sink& sink) {
  for_each_bind(service, [&](const Container& container, const Volume& volume, const Mount& mount,
                             const HostPath& path, const HostPathGrade& found) {
    if (found.kind != HostPathKind::sensitive) return;
    const bool read_only = mount.read_only.is(true);
    const Severity severity = read_only ? found.read_only : found.writable;
    if (severity == Severity::info) return;
    sink.report(
        {.at = volume.host_path.at,
         .message = mounts(container, volume, mount) + takes_effect_as(volume, path) +
                    (read_only ? " read-only" : " writable") + ", which " + std::string(found.what),
         .fix = "Mount only the folder that is needed, with `:ro`, or use a named volume",
         .container = &container},
        severity, kAdvice);
  });
}

void host_device(const Workload& service, Sink& sink) {
  const Container& container = service.containers.front();
  const auto report = [&](NodeId at, std::string_view written, std::string_view how) {
    const HostPath path(written);
    const HostPathGrade found = grade(path);
    if (found.kind != HostPathKind::device) return;
    std::string message = subject(container) + std::string(how) + quoted(written);
    if (!found.what.empty()) message += ", " + std::string(found.what);
    sink.report({.at = at,
                 .message = message + ", of the host; it should have devices only that it needs",
                 .fix = "Delete it unless the service needs that very device",
                 .container = &container},
                found.writable == Severity::info ? Severity::low : found.writable, kAdvice);
  };
  for (const Device& device : container.devices) {
    if (device.name.written()) report(device.name.at, device.name.value, " has device ");
  }
  for_each_bind(service, [&](const Container&, const Volume& volume, const Mount&, const HostPath&,
                             const HostPathGrade&) {
    report(volume.host_path.at, volume.host_path.value, " mounts device ");
  });
}

}  // namespace kaudit::compose
