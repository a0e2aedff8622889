// One process per database: the lock that a second one runs into.
#pragma once

#include "domain/result.h"

#include <string>

namespace ledger::storage {

/// Holds an exclusive flock(2) on "<database>-lock" beside the database, for as long as the object lives; the kernel lets go of it when the process
/// ends, however it ends. A file of its own, because opening and closing the database file itself would drop SQLite's POSIX locks. The file
/// stays behind: deleting it would let two processes lock two files of one name. Whoever else deletes it is found out by DatabaseFiles.
class ProcessLock {
 public:
  /// Errors: conflict ("database-in-use", naming the other process), unavailable ("database-cannot-be-locked").
  [[nodiscard]] static Result<ProcessLock> acquire(const std::string& database_path);

  /// Where the lock of a database stands: beside the file itself, by whatever link that is reached, as SQLite has it with the log.
  [[nodiscard]] static std::string path(const std::string& database_path);

  ProcessLock(ProcessLock&& other) noexcept;
  ProcessLock& operator=(ProcessLock&& other) noexcept;
  ~ProcessLock();

 private:
  explicit ProcessLock(int descriptor) noexcept : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace ledger::storage
