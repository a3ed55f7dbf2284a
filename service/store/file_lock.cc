#include "service/store/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace raffinate::service {

absl::StatusOr<std::unique_ptr<FileLock>> FileLock::Acquire(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot open the lock file ", path, ": ", std::strerror(errno)));
  }
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    const int error = errno;
    char holder[32] = {};
    const ssize_t size = pread(descriptor, holder, sizeof(holder) - 1, 0);
    close(descriptor);
    if (error != EWOULDBLOCK) {
      return absl::FailedPreconditionError(
          absl::StrCat("cannot lock ", path, ": ", std::strerror(error)));
    }
    return absl::FailedPreconditionError(absl::StrCat(
        "in use by another server",
        size > 0 ? absl::StrCat(" (process ", absl::StripAsciiWhitespace(holder), ")") : "",
        "; two servers cannot share a job store"));
  }
  // The number is for the message above only; the lock does not depend on it.
  const std::string self = absl::StrCat(getpid(), "\n");
  if (ftruncate(descriptor, 0) != 0 ||
      pwrite(descriptor, self.data(), self.size(), 0) != static_cast<ssize_t>(self.size())) {
    const int error = errno;
    close(descriptor);
    return absl::FailedPreconditionError(
        absl::StrCat("cannot write the lock file ", path, ": ", std::strerror(error)));
  }
  return std::unique_ptr<FileLock>(new FileLock(descriptor));
}

FileLock::~FileLock() { close(descriptor_); }

}  // namespace raffinate::service
