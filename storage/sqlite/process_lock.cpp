// Allows one process per database.
#include "storage/sqlite/process_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

namespace ledger::storage {
namespace {

constexpr int kLinksMax = 40;  // As path_resolution(7).

std::string holder(int descriptor) {
  std::array<char, 32> text{};
  const ssize_t length = ::pread(descriptor, text.data(), text.size(), 0);
  if (length <= 0) return "another process";
  std::string pid(text.data(), static_cast<std::size_t>(length));
  pid.erase(pid.find_last_not_of('\n') + 1);
  return "process " + pid;
}

}  // namespace

Result<ProcessLock> ProcessLock::acquire(const std::string& database_path) {
  const std::string path = ProcessLock::path(database_path);
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (descriptor < 0) {
    return Error{Errc::unavailable, "database-cannot-be-locked", path + ": " + std::generic_category().message(errno)};
  }
  ProcessLock lock(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) {
      return Error{Errc::unavailable, "database-cannot-be-locked", path + ": " + std::generic_category().message(errno)};
    }
    return Error{Errc::conflict, "database-in-use", database_path + " is in use by " + holder(descriptor)};
  }
  // The process id is for the message of the process that is refused. The lock holds without it.
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(descriptor, 0) == 0) static_cast<void>(::pwrite(descriptor, pid.data(), pid.size(), 0));
  return lock;
}

std::string ProcessLock::path(const std::string& database_path) {
  // Follows one link after another, because the file may not exist yet. SQLite refuses to open a circle of links.
  std::filesystem::path file = database_path;
  std::error_code failed;
  for (int links = 0; links < kLinksMax && std::filesystem::is_symlink(file, failed); ++links) {
    const std::filesystem::path target = std::filesystem::read_symlink(file, failed);
    if (failed) break;
    file = file.parent_path() / target;
  }
  return file.string() + "-lock";
}

ProcessLock::ProcessLock(ProcessLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

ProcessLock& ProcessLock::operator=(ProcessLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

ProcessLock::~ProcessLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace ledger::storage
