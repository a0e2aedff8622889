// Detects that a file of the open database was replaced: what is written into a deleted file is lost with the process.
#pragma once

#include <sys/types.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace ledger::storage {

/// Identifies a file independently of its name. While the file is open, no other file on the machine has the same identity.
struct FileIdentity {
  dev_t device = 0;
  ino_t inode = 0;

  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

/// The identity of the file at `path`, after following links; nullopt when there is none. Does not open the file: closing it would drop SQLite's
/// locks.
[[nodiscard]] std::optional<FileIdentity> identity_of(const std::string& path) noexcept;

/// Remembers the identity of the files of a database, including the lock file of the process. Files that exist only in a test's VFS never change.
/// Thread-safe. changes() costs four statx(2).
class DatabaseFiles {
 public:
  enum class Kind { database, log, shared_memory, lock };
  enum class Found { nothing, another_file };
  /// A path that has another file now, or none.
  struct Change {
    Kind kind{};
    std::string path;
    Found found{};
  };

  /// REQUIRES that the database has been read in WAL mode, so that all its files exist. `log_path` is the path of the write-ahead log as SQLite has
  /// it: beside the file that `database_path` links to.
  DatabaseFiles(const std::string& database_path, const std::string& log_path);

  /// All files that were replaced or removed.
  [[nodiscard]] std::vector<Change> changes() const;

 private:
  struct Place {
    Kind kind{};
    std::string path;
    std::optional<FileIdentity> opened;
  };
  std::array<Place, 4> places_;
};

}  // namespace ledger::storage
