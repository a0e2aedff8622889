// A sqlite3_vfs that writes the frames of a transaction to the write-ahead log in one piece.
#pragma once

#include <sqlite3.h>

#include <string>

namespace ledger::storage {

/// SQLite writes each page of a commit to the log by two calls, its header and itself, and a commit of a group has a hundred. This vfs is the one
/// below it in everything but the logs opened through it: there it keeps what is written, as long as it follows on what it keeps, and hands it on in
/// one call before the file is asked for anything that could show it, above all for a sync. So no sync, no read and no other connection ever misses
/// it: SQLite shows frames to others only after it has synced them (synchronous=FULL), and what is kept when the process dies was acknowledged to
/// nobody. A write that fails is reported by the call that handed it on.
///
/// Registered with SQLite for as long as the object lives, which must be longer than all connections opened by its name(). Not copied, not moved. One
/// connection uses one file, as ever; the object itself may be used from any thread.
class BufferedLog {
 public:
  /// `base`: name of a registered sqlite3_vfs, empty for the system's. Throws std::runtime_error when there is no such vfs.
  explicit BufferedLog(const std::string& base);
  BufferedLog(const BufferedLog&) = delete;
  BufferedLog& operator=(const BufferedLog&) = delete;
  ~BufferedLog();

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] sqlite3_vfs& base() const noexcept { return base_; }

 private:
  sqlite3_vfs& base_;
  const std::string name_;
  sqlite3_vfs vfs_;
};

}  // namespace ledger::storage
