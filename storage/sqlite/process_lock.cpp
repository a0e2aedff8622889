// Allows one writing process per database.
#include "storage/sqlite/process_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <system_error>
#include <utility>

namespace ledger::storage {
namespace {

Error not_usable(const std::string& path, const std::string& why) {
  return {Errc::invalid_request, "database-not-usable", path + " " + why};
}

std::string text_of(int error) {
  return std::generic_category().message(error);
}

/// Names the owner and the mode of what cannot be written.
Error not_writable(const std::string& path, int error) {
  constexpr std::array kTemporary{EIO, ENOSPC, EDQUOT, EMFILE, ENFILE, ENOMEM};
  if (std::find(kTemporary.begin(), kTemporary.end(), error) != kTemporary.end()) {
    return {Errc::unavailable, "database-cannot-be-locked", path + ": " + text_of(error)};
  }
  if (error == ENOENT) return not_usable(path, "cannot be made, because its directory does not exist");
  std::string why = "cannot be written by user " + std::to_string(::geteuid()) + ": " + text_of(error);
  struct stat found {};
  if (::stat(path.c_str(), &found) == 0) {
    std::array<char, 8> mode{};
    std::snprintf(mode.data(), mode.size(), "%04o", static_cast<unsigned>(found.st_mode & 07777U));
    why += "; its owner is user " + std::to_string(found.st_uid) + ", its mode " + mode.data();
  }
  return not_usable(path, why);
}

/// Gives a file that root has just made to the owner of its directory. SQLite gives the files beside it to the same owner.
void give_to_owner_of_directory(int descriptor, const std::string& path) {
  struct stat directory {};
  if (::geteuid() != 0 || ::stat(std::filesystem::path(path).parent_path().c_str(), &directory) != 0) return;
  static_cast<void>(::fchown(descriptor, directory.st_uid, directory.st_gid));
}

/// What is wrong with the file, or with what SQLite keeps beside it. `path` has no links.
std::optional<Error> obstacle(int descriptor, const std::string& path) {
  struct statx file {};
  if (::statx(descriptor, "", AT_EMPTY_PATH, STATX_TYPE | STATX_NLINK | STATX_SIZE, &file) != 0) return not_usable(path, text_of(errno));
  if (!S_ISREG(file.stx_mode)) return not_usable(path, "is not a file");
  // SQLite finds the write-ahead log by the name of the database. Under another name it would not see the last events.
  if (file.stx_nlink > 1) return not_usable(path, "has " + std::to_string(file.stx_nlink) + " names (hard links); remove all but one");
  if ((file.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0) return not_usable(path, "is a mount point; mount its directory instead");
  for (const char* suffix : {"-wal", "-shm"}) {
    const std::string beside = path + suffix;
    if (::faccessat(AT_FDCWD, beside.c_str(), R_OK | W_OK, AT_EACCESS) != 0 && errno != ENOENT) return not_writable(beside, errno);
  }
  const std::string directory = std::filesystem::path(path).parent_path();
  if (::faccessat(AT_FDCWD, directory.c_str(), W_OK | X_OK, AT_EACCESS) != 0) return not_writable(directory, errno);
  std::error_code none;
  if (const auto bytes = std::filesystem::file_size(path + "-wal", none); file.stx_size == 0 && !none && bytes > 0) {
    return not_usable(path, "is missing or empty, but its write-ahead log is not: bring the database back, or move " + path + "-wal away");
  }
  return std::nullopt;
}

}  // namespace

std::string lock_holder(const std::string& path, const char* type, long byte) {
  std::array<char, 64> file{};
  if (struct stat found{}; ::stat(path.c_str(), &found) == 0) {
    std::snprintf(file.data(), file.size(), "%02x:%02x:%lu", major(found.st_dev), minor(found.st_dev), found.st_ino);
  }
  // "1: FLOCK  ADVISORY  WRITE 4711 fe:00:10955234 0 EOF" (proc(5)).
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    std::istringstream fields(line);
    std::string number, kind, manner, access, pid, id, first, last;
    fields >> number >> kind >> manner >> access >> pid >> id >> first >> last;
    const auto as_number = [](const std::string& text) { return std::strtol(text.c_str(), nullptr, 10); };
    if (kind != type || access != "WRITE" || id != file.data() || as_number(first) > byte) continue;
    if (last == "EOF" || as_number(last) >= byte) return "process " + pid;
  }
  return "another process";
}

Result<ProcessLock> ProcessLock::acquire(const std::string& database_path) {
  int descriptor = ::open(database_path.c_str(), O_RDWR | O_CLOEXEC);
  const bool is_new = descriptor < 0 && errno == ENOENT;
  if (is_new) descriptor = ::open(database_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) return not_writable(database_path, errno);
  ProcessLock lock(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return Error{Errc::unavailable, "database-cannot-be-locked", database_path + ": " + text_of(errno)};
    lock.descriptor_ = -1;  // It stays open: the holder can be this process, and would lose SQLite's locks.
    return Error{Errc::conflict, "database-in-use", database_path + " is in use by " + lock_holder(database_path, "FLOCK", 0)};
  }
  std::error_code failed;
  const std::string path = std::filesystem::canonical(database_path, failed);
  if (failed) return not_usable(database_path, failed.message());
  if (is_new) give_to_owner_of_directory(descriptor, path);
  if (const auto found = obstacle(descriptor, path)) {
    if (is_new) ::unlink(path.c_str());
    return *found;
  }
  return lock;
}

ProcessLock::ProcessLock(ProcessLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

ProcessLock::~ProcessLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace ledger::storage
