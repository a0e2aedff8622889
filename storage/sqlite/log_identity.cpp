// Names the log that a database file holds.
#include "storage/sqlite/log_identity.h"

#include "domain/base64.h"
#include "domain/digest.h"
#include "storage/sqlite/file_identity.h"

#include <SQLiteCpp/Database.h>

namespace ledger::storage {

std::string log_identity(SQLite::Database& database, const std::string& path) {
  constexpr std::size_t kBytes = 8;
  std::string text = database.execAndGet("SELECT applied_at FROM schema_migration WHERE version = 1").getString();
  // A file that exists only in a test's VFS is at no path.
  if (const auto file = identity_of(path)) text += ' ' + std::to_string(file->device) + ' ' + std::to_string(file->inode);
  const Sha256 digest = sha256(text);
  return base64url_encode(std::string(digest.begin(), digest.begin() + kBytes));
}

}  // namespace ledger::storage
