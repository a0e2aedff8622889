// Which files stand under the names of the open database.
#include "storage/file_identity.h"

#include <sys/stat.h>

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
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return std::nullopt;
  return FileIdentity{found.st_dev, found.st_ino};
}

DatabaseFiles::DatabaseFiles(const std::string& database_path, const std::string& log_path)
    : places_{Place{database_path, identity_of(database_path)}, Place{log_path, identity_of(log_path)},
              Place{shared_memory_path(log_path), identity_of(shared_memory_path(log_path))}} {}

std::optional<DatabaseFiles::Change> DatabaseFiles::find_change() const {
  for (const Place& place : places_) {
    const std::optional<FileIdentity> now = identity_of(place.path);
    if (now != place.opened) return Change{place.path, now ? "another file" : "nothing"};
  }
  return std::nullopt;
}

}  // namespace ledger::storage
