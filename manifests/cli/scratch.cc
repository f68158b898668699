#include "manifests/cli/scratch.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "manifests/cli/signals.h"

namespace kaudit {

Result<std::unique_ptr<ScratchDirectory>> ScratchDirectory::make() {
  const char* chosen = std::getenv("TMPDIR");
  std::error_code error;
  std::string path =
      std::filesystem::absolute(chosen != nullptr && *chosen != '\0' ? chosen : "/tmp", error)
          .string() +
      "/kaudit-" + std::string(6, 'X');
  if (error) return io_error(error.value());
  const SignalsHeld held;
  if (::mkdtemp(path.data()) == nullptr) return io_error(errno);
  auto directory = std::unique_ptr<ScratchDirectory>(new ScratchDirectory(std::move(path)));
  remove_tree_on_signal(directory->path_.c_str());
  return directory;
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;  // what cannot be removed is left to whoever cleans $TMPDIR
  std::filesystem::remove_all(path_, ignored);
  remove_tree_on_signal(nullptr);
}

Result<WorkingDirectory> WorkingDirectory::enter(const std::string& path) {
  Fd before(::open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (before.get() < 0 || ::chdir(path.c_str()) != 0) return io_error(errno);
  return WorkingDirectory(std::move(before));
}

WorkingDirectory::~WorkingDirectory() {
  if (before_.get() >= 0 && ::fchdir(before_.get()) != 0) std::abort();  // it was open until now
}

}  // namespace kaudit
