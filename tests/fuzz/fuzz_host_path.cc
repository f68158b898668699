// Any bytes as a path on a node. However it is written, it means the same: what is clean stays so,
// and detours that lead nowhere change neither the path nor what is said of it.
#include "core/host_path.h"
#include "tests/fuzz/check.h"

namespace kaudit::fuzz {
namespace {

void require_same(const std::string& a, const std::string& b, const char* promise) {
  const HostPath one(a);
  const HostPath other(b);
  require(one.text() == other.text(), promise, a, b);
  const HostPathGrade first = grade(one);
  const HostPathGrade second = grade(other);
  require(first.kind == second.kind && first.what == second.what &&
              first.writable == second.writable && first.read_only == second.read_only,
          promise, a, b);
}

}  // namespace
}  // namespace kaudit::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kaudit;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const HostPath path(text);
  (void)grade(path);
  // Shares of Windows begin with two, and a relative path may become a drive.
  if (!text.starts_with('/') || text.starts_with("//") || text.find('\\') != std::string::npos) {
    return 0;
  }
  const std::string clean(path.text());
  fuzz::require_same(text, clean, "what is clean stays clean");
  for (const char* detour : {"/", "/.", "/nowhere/.."}) {
    fuzz::require_same(text, text + detour, "a detour at the end leads nowhere");
    const std::size_t slash = text.find('/', 1 + size / 2);
    if (slash == std::string::npos) continue;
    fuzz::require_same(text, text.substr(0, slash) + detour + text.substr(slash),
                       "a detour leads nowhere");
  }
  fuzz::require_same(text, "/." + text, "a detour at the beginning leads nowhere");
  return 0;
}
