// Compose projects into facts: what `docker compose config` makes of them, and where it was written.
#include "manifests/compose.h"

#include <gtest/gtest.h>

#include "manifests/load.h"
#include "tests/support/facts_text.h"
#include "tests/support/memory_files.h"

namespace kaudit {
namespace {

using testing::FactsText;
using testing::MemoryFiles;

std::string facts_of(std::vector<std::string> texts, ProjectFiles* beside) {
  std::vector<std::shared_ptr<const Source>> files;
  for (std::string& text : texts) {
    const std::string name = files.empty() ? "compose.yaml" : "over.yaml";
    files.push_back(std::make_shared<const Source>(name, std::move(text)));
  }
  FactsText facts;
  const auto outcome = ComposeAdapter().adapt(files, beside, Limits{}, facts);
  std::string out = facts.text();
  for (const Error& error : outcome.errors) out += "\nerror " + to_string(error);
  return out + '\n';
}

std::string facts_of(const std::string& text, std::map<std::string, std::string> beside = {}) {
  MemoryFiles files(std::move(beside));
  return facts_of(std::vector{text}, &files);
}

TEST(Compose, ReadsEveryFieldOfAService) {
  EXPECT_EQ(facts_of(R"(services:
  web:
    image: nginx:1.27
    pull_policy: always
    restart: unless-stopped
    runtime: runsc
    privileged: true
    read_only: yes
    user: "1000:0"
    group_add: [root, 44, audio]
    cap_add: [SYS_ADMIN]
    cap_drop: [ALL]
    security_opt:
      - no-new-privileges:true
      - seccomp:unconfined
      - apparmor=unconfined
      - label:disable
    network_mode: host
    pid: host
    ipc: host
    uts: host
    userns_mode: host
    cgroup: host
    sysctls: {net.core.somaxconn: 1024}
    devices: ["/dev/kvm:/dev/kvm:rwm", {source: /dev/fuse, target: /dev/fuse}]
    entrypoint: [/run.sh]
    command: -g 'daemon off;'
    labels: {team: shop}
    mem_limit: 512m
    cpus: 0.5
    healthcheck: {test: [CMD, "true"]}
)"),
            R"(
workload service@3 name=web label.team=shop@33
  pod@3 host_network=true@19 host_pid=true@20 host_ipc=true@21 host_users=true@23 host_uts=true@22 host_cgroup=true@24 restart_policy=unless-stopped@5 runtime_class=runsc@6 supplemental=0@10 supplemental=44@10 sysctl=net.core.somaxconn@25 to=1024@25
  container@3 name=web@3 image=nginx:1.27@3 pull=always@4 privileged=true@7 escalation=false@14 read_only_root=true@8 user=1000@9 group=0@9 user_name=1000:0@9 seccomp=unconfined@15 apparmor=unconfined@16 selinux_type=disable@17 add=[SYS_ADMIN@11] drop=[ALL@12] cpu_limit=0.5@35 memory_limit=512m@34 command=[/run.sh@27] args=[-g 'daemon off;'@28] device=/dev/kvm@26 at=/dev/kvm@26 device=/dev/fuse@26 at=/dev/fuse@26 handlers=[CMD@36 true@36]
)");
}

}  // namespace
}  // namespace kaudit
