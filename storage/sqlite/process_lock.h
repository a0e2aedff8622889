// Allows one process per database.
#pragma once

#include "domain/result.h"

#include <string>

namespace ledger::storage {

/// Holds an exclusive flock(2) on "<database>-lock" beside the database while the object lives. The kernel releases it when the process ends. The
/// database file itself cannot be used: closing it would drop SQLite's POSIX locks. The lock file is never deleted, because two processes could then
/// lock two files of the same name. DatabaseFiles detects when somebody else deletes it.
class ProcessLock {
 public:
  /// Errors: conflict ("database-in-use", naming the other process), unavailable ("database-cannot-be-locked").
  [[nodiscard]] static Result<ProcessLock> acquire(const std::string& database_path);

  /// The path of the lock file: beside the database file after following links, as SQLite places the log.
  [[nodiscard]] static std::string path(const std::string& database_path);

  ProcessLock(ProcessLock&& other) noexcept;
  ProcessLock& operator=(ProcessLock&& other) noexcept;
  ~ProcessLock();

 private:
  explicit ProcessLock(int descriptor) noexcept : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace ledger::storage
