#include "core/rules/compose/compose.h"
#include "core/rules/message.h"

namespace kaudit::compose {
namespace {

// `service "web" sets pid to host, …`
void report_host(const Workload& service, const Flag& field, std::string_view name,
                 std::string_view gain, Sink& sink) {
  if (!field.is(true)) return;
  const Container& container = service.containers.front();
  sink.report({.at = field.at,
               .message = subject(container) + " sets " + std::string(name) + " to host, " +
                          std::string(gain) + "; it must be unset",
               .fix = "Delete `" + std::string(name) + ": host`",
               .container = &container});
}

}  // namespace

void host_network(const Workload& service, Sink& sink) {
  if (!service.host_network.is(true)) return;
  const Container& container = service.containers.front();
  sink.report({.at = service.host_network.at,
               .message = subject(container) +
                          " sets network_mode to host: every port it listens on is the host's, "
                          "whatever ports: says; it must be unset",
               .fix = "Delete `network_mode: host` and publish what is needed: `ports: "
                      "[\"127.0.0.1:8080:8080\"]`",
               .container = &container});
}

void host_pid(const Workload& service, Sink& sink) {
  report_host(service, service.host_pid, "pid", "so it sees and signals the host's processes",
              sink);
}

void host_ipc(const Workload& service, Sink& sink) {
  report_host(service, service.host_ipc, "ipc", "so it reads the host's shared memory", sink);
}

void shared_process_namespace(const Workload& service, Sink& sink) {
  if (!service.share_process_namespace.is(true)) return;
  const Container& container = service.containers.front();
  sink.report({.at = service.share_process_namespace.at,
               .message = subject(container) +
                          " sets pid to another container's: each sees the other's processes, "
                          "their environment and files; it should be unset",
               .fix = "Delete the line `pid:`",
               .container = &container});
}

void host_user_namespace(const Workload& service, Sink& sink) {
  report_host(service, service.host_users, "userns_mode",
              "so root in it is root on the host although the daemon maps users", sink);
}

void host_cgroup(const Workload& service, Sink& sink) {
  report_host(service, service.host_cgroup, "cgroup", "so it sees the host's control groups", sink);
  report_host(service, service.host_uts, "uts", "so it can rename the host", sink);
}

}  // namespace kaudit::compose
