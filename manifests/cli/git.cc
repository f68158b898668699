#include "manifests/cli/git.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

#include "manifests/cli/files.h"
#include "manifests/cli/signals.h"

extern char** environ;  // POSIX leaves its declaration to us

namespace kaudit {
namespace {

constexpr std::size_t kMostOutput = std::size_t{64} << 10;  // of one call: names and messages

Error git_error(std::string message) { return {ErrorCode::not_found, std::move(message), {}}; }

struct Pipe {
  Fd read, write;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return io_error(errno);
  return Pipe{Fd(ends[0]), Fd(ends[1])};
}

// Its first line without the word that git begins with.
std::string first_line(std::string_view text) {
  for (const std::string_view word : {"fatal: ", "error: "}) {
    if (text.starts_with(word)) text.remove_prefix(word.size());
  }
  return std::string(text.substr(0, text.find('\n')));
}

// Whom a signal that ends us ends too. Gives an error's number, or 0.
int spawn_git(pid_t& child, const posix_spawn_file_actions_t& actions, char** argv, char** envp) {
  const SignalsHeld held;
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  ::posix_spawnattr_setsigmask(&attributes, &held.before());
  const int failed = ::posix_spawnp(&child, "git", &actions, &attributes, argv, envp);
  ::posix_spawnattr_destroy(&attributes);
  if (failed == 0) kill_on_signal(child);
  return failed;
}

int wait_for(pid_t child) {
  const auto id = static_cast<id_t>(child);
  siginfo_t info{};
  while (::waitid(P_PID, id, &info, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
  }
  kill_on_signal(0);  // its number may be another's as soon as it was waited for
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

// What `git` prints, without the line break at its end; what it says instead, where it fails.
// Standard output and standard error share a pipe: git uses the one or the other.
Result<std::string> run_git(std::vector<std::string> arguments,
                            const std::vector<std::string>& environment = {}) {
  auto pipe = make_pipe();
  if (!pipe) return std::move(pipe).error();
  // No hook, no monitor of the repository's own: only what was asked for.
  std::vector<std::string> words = {"git", "-c", "core.hooksPath=/dev/null", "-c",
                                    "core.fsmonitor=false"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> settings = {"GIT_LFS_SKIP_SMUDGE=1", "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C"};
  settings.insert(settings.end(), environment.begin(), environment.end());

  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::vector<char*> envp;
  envp.reserve(settings.size() + 1);
  for (std::string& setting : settings) envp.push_back(setting.data());  // the first one counts
  for (char** one = environ; *one != nullptr; ++one) envp.push_back(*one);
  envp.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, pipe->write.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, pipe->write.get(), STDERR_FILENO);
  pid_t child = 0;
  const int failed = spawn_git(child, actions, argv.data(), envp.data());
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return git_error("the program git could not be run: " + reason_of(failed));

  {
    const Fd closed = std::move(pipe->write);
  }
  auto output = read_stream(pipe->read.get(), kMostOutput);
  // A git that still writes is told by its pipe that nobody reads on.
  {
    const Fd closed = std::move(pipe->read);
  }
  const int status = wait_for(child);
  if (!output) return std::move(output).error();
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return git_error(first_line(*output));
  while (output->ends_with('\n')) output->pop_back();
  return output;
}

// `a/./b/../c` -> `a/c`; false where it leads out of the repository.
bool normalize(std::string& path) {
  std::vector<std::string_view> parts;
  std::string_view rest = path;
  while (!rest.empty()) {
    const std::string_view part = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (parts.empty()) {
      return false;
    } else {
      parts.pop_back();
    }
  }
  std::string result;
  for (const std::string_view part : parts) {
    if (!result.empty()) result += '/';
    result += part;
  }
  path = std::move(result);
  return true;
}

}  // namespace

Result<Revision> find_revision(const std::string& text) {
  const std::size_t colon = text.find(':');
  const std::string name = text.substr(0, colon);
  if (name.empty() || name.starts_with('-')) return git_error("no name of a revision");
  auto commit = run_git({"rev-parse", "--verify", "--quiet", name + "^{commit}"});
  if (!commit) {
    // --quiet: git says nothing of a name that it does not know.
    Error error = std::move(commit).error();
    if (error.message.empty()) error.message = "git knows no such revision";
    return error;
  }
  Revision revision{*std::move(commit), {}};
  if (colon != std::string::npos) revision.path = text.substr(colon + 1);
  const bool relative = colon == std::string::npos || revision.path.starts_with("./") ||
                        revision.path.starts_with("../") || revision.path == "." ||
                        revision.path == "..";
  if (relative) {
    auto prefix = run_git({"rev-parse", "--show-prefix"});
    if (!prefix) return std::move(prefix).error();
    revision.path.insert(0, *prefix);
  }
  if (!normalize(revision.path)) return git_error("the path leads out of the repository");
  return revision;
}

Result<bool> check_out(const Revision& revision, const std::string& directory) {
  // An index of its own: the repository's, and its work tree, stay as they are.
  const std::vector<std::string> index = {"GIT_INDEX_FILE=" + directory + ".index"};
  auto read = run_git({"read-tree", revision.commit}, index);
  if (!read) return std::move(read).error();
  auto written = run_git(
      {"checkout-index", "--all", "--force", "--quiet", "--prefix=" + directory + "/"}, index);
  if (!written) return std::move(written).error();
  return true;
}

}  // namespace kaudit
