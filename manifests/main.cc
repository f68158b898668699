#include <exception>
#include <string>
#include <vector>

#include "manifests/cli/messages.h"
#include "manifests/cli/program.h"

int main(int argc, char** argv) {
  try {
    return kaudit::run_program(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc));
  } catch (const std::exception& exception) {  // std::bad_alloc
    kaudit::Messages(false, false).error(std::string("cannot go on: ") + exception.what());
    return 2;
  }
}
