// What a crash left in the write-ahead log is made durable before anybody believes it.
//
// SQLite takes a transaction in the log for committed when it is there whole. After a crash that proves nothing about the disk:
//   - a process that is killed between writing and syncing leaves the transaction in the system's cache, where the next process finds it;
//   - after a failed sync the system keeps the pages, too, but marks them clean: no later sync writes them (Rebello et al., "Can Applications Recover
//     from fsync Failures?", USENIX ATC 2020).
// The ledger would take its events for recorded, and acknowledge a repeated delivery as a duplicate; then the power goes, and an acknowledged event
// is lost. A checkpoint from such a log could even damage the database. So every byte of the log is written once more where it stands, and synced.
// Old and new bytes are the same and no write covers a durable frame together with another, so a power cut meanwhile loses nothing that was durable.
//
// The same holds for what checkpoints copied from the log into the database. SQLite counts copied frames in the index of the log before any sync
// where a reader keeps the checkpoint from the log's end, as each of our slices is kept; and a failed sync leaves the count as it is. The index is
// shared memory: while any process has the database open it outlives the one that failed, and the next would sync the rest, let the log start over,
// and with it the only durable copy of those pages. So nothing counts as copied when a writer begins, as after SQLite's own recovery of the index.
#pragma once

#include <SQLiteCpp/Database.h>

#include <string>

namespace ledger::storage {

/// Settles the log of the database at `path`, if it has one; costs nothing after an orderly end, which leaves it empty, else the writing of its size.
/// `vfs` is a registered sqlite3_vfs, empty for the system's. Call it before the first connection of the process that writes; others may read
/// meanwhile. Throws std::runtime_error when the disk does not take it: then nothing in the log can be relied on.
void settle_log(const std::string& path, const std::string& vfs);

/// Makes the next checkpoint copy all of the log of `database`. Changes nothing where nobody else has the database open: SQLite has made the index
/// anew. Call it on a connection that writes, before its first commit or checkpoint; others may read meanwhile. Throws std::runtime_error, also when
/// another process is checkpointing, which none should.
void forget_backfill(SQLite::Database& database);

}  // namespace ledger::storage
