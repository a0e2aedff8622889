// Detects that a file of the open database was replaced: what is written into a deleted file is lost with the process.
#pragma once

#include "domain/log.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace ledger::storage {

/// Remembers the files of a database by device and inode: while a file is open, no other file on the machine has the same. Files that exist only in a
/// test's VFS never change. Thread-safe. A check costs three statx(2); it opens no file, because closing one would drop SQLite's locks.
class DatabaseFiles {
 public:
  /// REQUIRES that the database has been read in WAL mode, so that all its files exist. `log_path` is the path of the write-ahead log as SQLite has
  /// it: beside the file that `database_path` links to. `log` must outlive the object.
  DatabaseFiles(const std::string& database_path, const std::string& log_path, Log& log);

  /// False when a file was replaced or removed. Then each such file is logged, with `where` the check was made.
  [[nodiscard]] bool are_in_place(std::string_view where) const noexcept;
  /// Whether the database and its log are in place, whatever became of the shared memory.
  [[nodiscard]] bool have_events_in_place() const noexcept;

 private:
  using Identity = std::optional<std::pair<std::uint64_t, std::uint64_t>>;
  static Identity identity_of(const std::string& path) noexcept;

  struct Place {
    std::string path;
    Identity opened = identity_of(path);
  };
  Log& log_;
  std::array<Place, 3> places_;  ///< The database, its log, the shared memory.
};

}  // namespace ledger::storage
