// Which files stand under the names of the open database: what is written into a file that no longer stands there is lost with the process.
#pragma once

#include <sys/types.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace ledger::storage {

/// The file behind a path, whatever its name. While the file is open nowhere else on the machine is there another of this identity.
struct FileIdentity {
  dev_t device = 0;
  ino_t inode = 0;

  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

/// Of the file at `path`, links followed; nullopt when none can be seen there. Opens nothing: closing a file drops the locks that SQLite has on it.
[[nodiscard]] std::optional<FileIdentity> identity_of(const std::string& path) noexcept;

/// Remembers the files of a database as they stood when it was opened, the lock of its process among them. Files that exist only in a test's VFS
/// stand at no path, then as later. Thread-safe; changes() costs four statx(2).
class DatabaseFiles {
 public:
  enum class Kind { database, log, shared_memory, lock };
  enum class Found { nothing, another_file };
  /// A place where another file stands than did, or none.
  struct Change {
    Kind kind{};
    std::string path;
    Found found{};
  };

  /// Of a database that has been read in WAL mode, so that all its files exist. `log_path` is where SQLite has the write-ahead log, beside the file
  /// that `database_path` leads to.
  DatabaseFiles(const std::string& database_path, const std::string& log_path);

  /// Every file that does not stand where it stood.
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
