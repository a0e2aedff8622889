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

/// Remembers the identity of the files of a database. Files that exist only in a test's VFS never change. Thread-safe. changes() costs three
/// statx(2).
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
  /// Whether the database or its log is among them.
  [[nodiscard]] bool have_lost_events() const;

 private:
  struct Place {
    std::string path;
    bool has_events = false;
    std::optional<FileIdentity> opened = identity_of(path);
  };
  std::array<Place, 3> places_;
};

}  // namespace ledger::storage
