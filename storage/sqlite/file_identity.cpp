// Detects that a file of the open database was replaced.
#include "storage/sqlite/file_identity.h"

#include "storage/sqlite/process_lock.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <string_view>

namespace ledger::storage {
namespace {

constexpr std::string_view kLogSuffix = "-wal";

std::string shared_memory_path(std::string log_path) {
  if (log_path.ends_with(kLogSuffix)) log_path.resize(log_path.size() - kLogSuffix.size());
  return log_path + "-shm";
}

}  // namespace

std::optional<FileIdentity> identity_of(const std::string& path) noexcept {
  // Asks for the inode only. After a question for its times, Linux gives a file a new time at the next write, and on some file systems each sync must
  // then write the inode as well: a second wait for the disk in every commit.
  struct statx found {};
  if (::statx(AT_FDCWD, path.c_str(), 0, STATX_INO, &found) != 0) return std::nullopt;
  return FileIdentity{makedev(found.stx_dev_major, found.stx_dev_minor), found.stx_ino};
}

DatabaseFiles::DatabaseFiles(const std::string& database_path, const std::string& log_path)
    : places_{Place{Kind::database, database_path, {}}, Place{Kind::log, log_path, {}}, Place{Kind::shared_memory, shared_memory_path(log_path), {}},
              Place{Kind::lock, ProcessLock::path(database_path), {}}} {
  for (Place& place : places_) place.opened = identity_of(place.path);
}

std::vector<DatabaseFiles::Change> DatabaseFiles::changes() const {
  std::vector<Change> found;
  for (const Place& place : places_) {
    const std::optional<FileIdentity> now = identity_of(place.path);
    if (now != place.opened) found.push_back({place.kind, place.path, now ? Found::another_file : Found::nothing});
  }
  return found;
}

}  // namespace ledger::storage
