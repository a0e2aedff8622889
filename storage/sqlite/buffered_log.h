// A sqlite3_vfs that writes the frames of a transaction to the write-ahead log in one piece.
#pragma once

#include <sqlite3.h>

#include <string>

namespace ledger::storage {

/// SQLite writes each page of a commit by two calls, one for its header and one for the page, and a batch has a hundred pages. This vfs passes every
/// call to the vfs below it, except writes to a write-ahead log: it collects them as long as they are consecutive, and flushes them in one call
/// before any other call on the file that could show them, above all before a sync.
///
/// No sync, no read and no other connection can miss collected bytes: SQLite shows frames to others only after it has synced them (synchronous=FULL).
/// What is collected when the process dies was acknowledged to nobody. A failed write is reported by the call that flushed it.
///
/// The vfs is registered with SQLite while the object lives, which must be longer than all connections that are opened by its name(). A connection
/// uses its file on one thread; the object itself may be used from any thread.
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
