// Allows one writing process per database.
#pragma once

#include "domain/result.h"

#include <string>

namespace ledger::storage {

/// Who holds a write lock of this type ("FLOCK", "POSIX") on byte `byte` of the file at `path`: "process 4711", or "another process" if the kernel
/// does not tell.
[[nodiscard]] std::string lock_holder(const std::string& path, const char* type, long byte);

/// Holds an exclusive flock(2) on the database file while the object lives. The lock belongs to the file and not to a name, so it also holds against
/// hard links and bind mounts. The kernel releases it when the process ends.
///
/// When a process closes any descriptor of a file, it loses its POSIX locks on that file. Therefore acquire the lock before SQLite opens the
/// database, and release it after SQLite has closed it.
class ProcessLock {
 public:
  /// Creates a missing file. If root does so, the file belongs to the owner of its directory. Errors:
  ///   - conflict ("database-in-use"), naming the holder;
  ///   - invalid_request ("database-not-usable") for what only a person can mend: the file has several names or is a mount point, it or a file
  ///     beside it cannot be written, or the database is gone and its write-ahead log is left;
  ///   - unavailable ("database-cannot-be-locked").
  [[nodiscard]] static Result<ProcessLock> acquire(const std::string& database_path);

  ProcessLock(ProcessLock&& other) noexcept;
  ProcessLock& operator=(ProcessLock&&) = delete;
  ~ProcessLock();

 private:
  explicit ProcessLock(int descriptor) noexcept : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace ledger::storage
