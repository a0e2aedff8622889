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

DatabaseFiles::DatabaseFiles(const std::string& database_path, const std::string& log_path, Log& log)
    : log_(log), places_{Place{database_path}, Place{log_path}, Place{log_path.substr(0, log_path.rfind("-wal")) + "-shm"}} {}

bool DatabaseFiles::are_in_place(std::string_view where) const noexcept {
  bool in_place = true;
  for (const Place& place : places_) {
    const Identity now = identity_of(place.path);
    if (now == place.opened) continue;
    in_place = false;
    const std::string_view found = now ? "another file" : "nothing";
    log_.write(LogLevel::error, "database_replaced", {{"where", where}, {"path", std::string_view(place.path)}, {"found", found}});
  }
  return in_place;
}

bool DatabaseFiles::have_events_in_place() const noexcept {
  return identity_of(places_[0].path) == places_[0].opened && identity_of(places_[1].path) == places_[1].opened;
}

}  // namespace ledger::storage
