// A sqlite3_vfs that does what the system's does until told to fail: faults are injected below SQLite, where real disks have theirs.
#pragma once

#include <memory>
#include <string>

namespace ledger::test {

/// Where a fault strikes.
enum class FaultAt { write_to_log, sync_of_log, write_to_database, sync_of_database };

/// Registered with SQLite under name() while it lives. Faults may be armed from any thread.
class FaultVfs {
 public:
  FaultVfs();
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;
  ~FaultVfs();

  [[nodiscard]] const std::string& name() const noexcept;

  /// From now on every such operation fails with this result code of SQLite's, and does nothing, until heal().
  void fail(FaultAt where, int sqlite_code) noexcept;
  void heal() noexcept;

  /// How many operations of the kind SQLite has asked for so far.
  [[nodiscard]] int count(FaultAt where) const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ledger::test
