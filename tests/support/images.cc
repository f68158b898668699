// Says in lines what is in image archives and directories, for tests that have other tools write
// them.
#include <fcntl.h>
#include <sys/stat.h>

#include <cstdio>

#include "core/base_name.h"
#include "manifests/cli/image_input.h"
#include "tests/support/image_archive.h"

int main(int count, char** arguments) {
  using namespace kaudit;
  testing::ImageLines lines;
  for (int n = 1; n < count; ++n) {
    const std::string path = arguments[n];
    Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat info{};
    if (fd.get() < 0 || ::fstat(fd.get(), &info) != 0) {
      std::perror(path.c_str());
      return 2;
    }
    const std::string name(base_name(path));
    if (S_ISDIR(info.st_mode)) {
      ImageDirectory directory(std::move(fd), {});
      read_image_folder(directory, name, {}, lines);
    } else {
      FdStream bytes(fd.get(), "", {});
      read_image_archive(bytes, name, {}, lines);
    }
  }
  std::fputs(lines.text().c_str(), stdout);
  return 0;
}
