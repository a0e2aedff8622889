// Detects that a file of the open database was replaced.
#include "storage/sqlite/file_identity.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace ledger::storage {

DatabaseFiles::Identity DatabaseFiles::identity_of(const std::string& path) noexcept {
  // Asks for the inode only. After a question for its times, Linux gives a file a new time at the next write, and on some file systems each sync must
  // then write the inode as well: a second wait for the disk in every commit.
  struct statx found {};
  if (::statx(AT_FDCWD, path.c_str(), 0, STATX_INO, &found) != 0) return std::nullopt;
  return std::pair(std::uint64_t{makedev(found.stx_dev_major, found.stx_dev_minor)}, std::uint64_t{found.stx_ino});
}

DatabaseFiles::DatabaseFiles(const std::string& database_path, const std::string& log_path)
    : places_{Place{database_path, true}, Place{log_path, true}, Place{log_path.substr(0, log_path.rfind("-wal")) + "-shm", false}} {}

std::vector<DatabaseFiles::Change> DatabaseFiles::changes() const {
  std::vector<Change> found;
  for (const Place& place : places_) {
    const Identity now = identity_of(place.path);
    if (now != place.opened) found.push_back({place.path, !now, place.has_events});
  }
  return found;
}

}  // namespace ledger::storage
