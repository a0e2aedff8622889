// What a crash left in the write-ahead log is made durable before anybody believes it.
//
// SQLite takes a transaction in the log for committed when it is there whole. After a crash that proves nothing about the disk:
//   - a process that is killed between writing and syncing leaves the transaction in the system's cache, where the next process finds it;
//   - after a failed sync the system keeps the pages, too, but marks them clean: no later sync writes them (Rebello et al., "Can Applications Recover
//     from fsync Failures?", USENIX ATC 2020).
// The ledger would take its events for recorded, and acknowledge a repeated delivery as a duplicate; then the power goes, and an acknowledged event
// is lost. A checkpoint from such a log could even damage the database. So every byte of the log is written once more where it stands, and synced.
// Old and new bytes are the same and no write covers a durable frame together with another, so a power cut meanwhile loses nothing that was durable.
#pragma once

#include <string>

namespace ledger::storage {

/// Settles the log of the database at `path`, if it has one; costs nothing after an orderly end, which leaves it empty, else the writing of its size.
/// `vfs` is a registered sqlite3_vfs, empty for the system's. Call it before the first connection of the process that writes; others may read
/// meanwhile. Throws std::runtime_error when the disk does not take it: then nothing in the log can be relied on.
void settle_log(const std::string& path, const std::string& vfs);

}  // namespace ledger::storage
