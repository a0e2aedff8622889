// Detects that a file of the open database was replaced: what is written into a deleted file is lost with the process.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ledger::storage {

/// Remembers the files of a database by device and inode: while a file is open, no other file on the machine has the same. Files that exist only in a
/// test's VFS never change. Thread-safe. changes() costs three statx(2); it opens no file, because closing one would drop SQLite's locks.
class DatabaseFiles {
 public:
  /// A path that has another file now, or none.
  struct Change {
    std::string path;
    bool is_missing = false;
    bool has_events = false;  ///< The database or its log, not the shared memory.
  };

  /// REQUIRES that the database has been read in WAL mode, so that all its files exist. `log_path` is the path of the write-ahead log as SQLite has
  /// it: beside the file that `database_path` links to.
  DatabaseFiles(const std::string& database_path, const std::string& log_path);

  /// All files that were replaced or removed.
  [[nodiscard]] std::vector<Change> changes() const;

 private:
  using Identity = std::optional<std::pair<std::uint64_t, std::uint64_t>>;
  static Identity identity_of(const std::string& path) noexcept;

  struct Place {
    std::string path;
    bool has_events = false;
    Identity opened = identity_of(path);
  };
  std::array<Place, 3> places_;
};

}  // namespace ledger::storage
