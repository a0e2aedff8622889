// Makes the write-ahead log durable before the first read after a crash.
//
// SQLite treats a complete transaction in the log as committed, but completeness does not prove durability:
//   - If a process is killed between write() and fsync(), the pages are only in the page cache.
//   - If fsync() fails, Linux marks the pages clean and never writes them again (Rebello et al., "Can Applications Recover from fsync Failures?",
//     USENIX ATC 2020).
// Without this step, the ledger could report a retried delivery as a duplicate of an event that the next power cut removes, and a checkpoint could
// damage the database. Therefore every frame of the log is rewritten in place with the same bytes and then synced. No write covers a durable frame
// together with another one, so a power cut meanwhile loses nothing that was durable.
//
// The same holds for what checkpoints have copied into the database. While a reader keeps a checkpoint from the end of the log, SQLite counts the
// copied frames without a sync, and a failed sync later leaves the count as it is. The count is in shared memory and outlives the failed process
// while any other process has the database open. The next process would sync only the rest, let the log start over, and lose the only durable copy of
// those pages. Therefore nothing counts as copied when a writer starts, as after SQLite's own recovery of the index.
#pragma once

#include <SQLiteCpp/Database.h>

#include <string>

namespace ledger::storage {

/// Rewrites and syncs the log of the database at `path`, if there is one. Costs nothing after a clean end, which leaves the log empty. `vfs` is a
/// registered sqlite3_vfs, empty for the system's. Call it before the process opens its first connection that writes; others may read meanwhile.
/// Throws SQLite::Exception when the disk fails: then nothing in the log can be relied on.
void settle_log(const std::string& path, const std::string& vfs);

/// Makes the next checkpoint copy the whole log of `database`. Changes nothing when no other process has the database open, because SQLite has just
/// made the index. Call it on a connection that writes, before its first commit or checkpoint; others may read meanwhile. Throws SQLite::Exception,
/// also when another process is checkpointing.
void forget_backfill(SQLite::Database& database);

}  // namespace ledger::storage
