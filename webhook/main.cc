#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "core/report/escape.h"
#include "manifests/policy/arguments.h"
#include "webhook/options.h"
#include "webhook/program.h"

namespace {

void write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

int fail(const std::string& sentence) {
  write_all(STDERR_FILENO, "kaudit-webhook: " + kaudit::visible(sentence) + '\n');
  return 2;
}

// Whoever can read a core file, or the memory of a process that is not theirs, has the key.
void keep_memory_to_oneself() {
  const rlimit none{0, 0};
  (void)::setrlimit(RLIMIT_CORE, &none);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  // Sanitizers look at their own process from outside.
  (void)::prctl(PR_SET_DUMPABLE, 0);
#endif
}

}  // namespace

int main(int argc, char** argv) {
  try {
    kaudit::keep_standard_descriptors();
    (void)::umask(077);
    keep_memory_to_oneself();
    kaudit::hold_signals();
    const auto options = kaudit::parse_serve_options(
        std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc),
        [](const char* name) { return static_cast<const char*>(std::getenv(name)); });
    if (!options) return fail(options.error().message);
    if (options->help) {
      write_all(STDOUT_FILENO, kaudit::serve_help());
      return 0;
    }
    if (options->version) {
      write_all(STDOUT_FILENO, kaudit::version_text("kaudit-webhook"));
      return 0;
    }
    const auto served = kaudit::run_webhook(*options);
    return served ? 0 : fail(to_string(served.error()));
  } catch (const std::exception& exception) {  // std::bad_alloc, no thread to be had
    return fail(std::string("cannot go on: ") + exception.what());
  }
}
