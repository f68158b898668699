#include "webhook/net/self_signed.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "webhook/net/issue.h"
#include "webhook/net/tls.h"

namespace kaudit {
namespace {

Error failed(const std::string& file, const std::string& message) {
  Error error;
  error.code = ErrorCode::io;
  error.message = message;
  error.where.source = file;
  return error;
}

// Beside the file, then renamed over it: a reader sees the old one or the new one.
bool write_file(const std::string& file, std::string_view text) {
  const std::string beside = file + ".new";
  ::unlink(beside.c_str());
  const int out = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                         S_IRUSR | S_IWUSR);
  if (out < 0) return false;
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t put = ::write(out, text.data() + written, text.size() - written);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) break;
    written += static_cast<std::size_t>(put);
  }
  const bool good =
      ::close(out) == 0 && written == text.size() && ::rename(beside.c_str(), file.c_str()) == 0;
  if (!good) {
    const int why = errno;
    ::unlink(beside.c_str());
    errno = why;
  }
  return good;
}

bool still_good(const SelfSigned& files, const std::vector<std::string>& names) {
  constexpr std::chrono::hours kAhead{24};
  TlsOptions options;
  options.certificate_file = files.certificate_file;
  options.key_file = files.key_file;
  options.ca_file = files.ca_file;
  options.service_names = names;
  const Result<std::unique_ptr<TlsContext>> context = TlsContext::load(options);
  if (!context) return false;
  const TlsState state = context.value()->state();
  return state.problems.empty() &&
         std::min(state.not_after, state.ca_not_after) > std::chrono::system_clock::now() + kAhead;
}

}  // namespace

Result<SelfSigned> self_signed(const std::string& directory, const std::vector<std::string>& names,
                               std::chrono::hours validity) {
  SelfSigned files{directory + "/ca.crt", directory + "/tls.crt", directory + "/tls.key", false};
  if (::mkdir(directory.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return failed(directory, std::string("cannot be made: ") + std::strerror(errno));
  }
  if (still_good(files, names)) {
    files.reused = true;
    return files;
  }

  // A clock that is a little behind ours accepts them too.
  constexpr std::chrono::minutes kBack{5};
  const SystemTime now = std::chrono::system_clock::now();
  IssueRequest request;
  request.common_name = "kaudit self-signed CA";
  request.not_before = now - kBack;
  request.not_after = now + validity;
  request.authority = true;
  const Issued authority = issue(request);
  if (!authority.certificate) return failed(directory, "OpenSSL cannot make a certificate");
  request.common_name = "kaudit-webhook";
  request.names = names;
  request.authority = false;
  request.issuer = &authority;
  const Issued serving = issue(request);
  if (!serving.certificate) return failed(directory, "OpenSSL cannot make a certificate");
  const std::string key = to_pem(serving.key.get());
  for (const auto& [file, text] :
       {std::pair(&files.ca_file, to_pem(authority.certificate.get())),
        std::pair(&files.certificate_file, to_pem(serving.certificate.get())),
        std::pair(&files.key_file, key)}) {
    if (!write_file(*file, text)) {
      return failed(*file, std::string("cannot be written: ") + std::strerror(errno));
    }
  }
  return files;
}

}  // namespace kaudit
