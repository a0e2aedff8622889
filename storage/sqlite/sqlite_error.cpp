// Translates SQLite's result codes. No other file does.
#include "storage/sqlite/sqlite_error.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <cerrno>
#include <cstring>
#include <new>
#include <system_error>

namespace ledger::storage {
namespace {

SqliteFailure with_errno(SqliteFailure failure, int error) {
  if (failure.fault != Fault::io && failure.fault != Fault::full) return failure;
  if (const char* name = strerrorname_np(error); error != 0 && name != nullptr) failure.system_error = name;
  // Only of a write: after a failed sync it is not known what is on disk.
  if (failure.code == SQLITE_IOERR_WRITE && error == EDQUOT) failure.fault = Fault::full;
  return failure;
}

}  // namespace

Fault classify(int sqlite_code) noexcept {
  switch (sqlite_code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return Fault::busy;
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG: return Fault::bad_row;
    case SQLITE_FULL: return Fault::full;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL: return Fault::io;
    case SQLITE_READONLY: return Fault::read_only;
    case SQLITE_NOMEM: return Fault::no_memory;
    case SQLITE_INTERRUPT: return Fault::interrupted;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return Fault::corrupt;
    default: return Fault::other;
  }
}

std::string_view name(Fault fault) noexcept {
  switch (fault) {
    case Fault::busy: return "busy";
    case Fault::bad_row: return "bad_row";
    case Fault::full: return "full";
    case Fault::read_only: return "read_only";
    case Fault::io: return "io";
    case Fault::no_memory: return "no_memory";
    case Fault::interrupted: return "interrupted";
    case Fault::corrupt: return "corrupt";
    case Fault::other: return "other";
  }
  return "other";
}

SqliteFailure failure_of(const SQLite::Database& database, int code) {
  const int error = errno;
  return with_errno({classify(code), code, database.getErrorMsg()}, error);
}

SqliteFailure failure_of(const std::exception& thrown) {
  const int error = errno;
  if (const auto* sqlite = dynamic_cast<const SQLite::Exception*>(&thrown)) {
    // An exception of SQLiteCpp itself has code -1 or no extended code.
    const int code = sqlite->getExtendedErrorCode() > 0 ? sqlite->getExtendedErrorCode() : sqlite->getErrorCode();
    return with_errno({code > 0 ? classify(code) : Fault::other, code, sqlite->what()}, error);
  }
  if (dynamic_cast<const std::bad_alloc*>(&thrown) != nullptr) return {Fault::no_memory, SQLITE_NOMEM, "out of memory"};
  return {Fault::other, 0, thrown.what()};
}

Error opening_error(const std::string& path, const std::exception& thrown) {
  const SqliteFailure failure = failure_of(thrown);
  // The ledger's own words about a file are exceptions without a code. Not those of the system, such as about a thread that could not be started.
  const bool is_about_file = failure.code == 0 && dynamic_cast<const std::system_error*>(&thrown) == nullptr;
  if (is_about_file || failure.fault == Fault::corrupt || failure.fault == Fault::read_only) {
    return {Errc::invalid_request, "database-not-usable", path + ": " + failure.text};
  }
  return {Errc::unavailable, "database-cannot-be-opened", path + ": " + failure.text};
}

Error read_error(Fault fault) {
  switch (fault) {
    case Fault::busy: return {Errc::unavailable, "database-busy", "Another process holds the database."};
    case Fault::interrupted: return {Errc::unavailable, "read-timeout", "The question took longer than a read may take; ask for less."};
    case Fault::full:
    case Fault::read_only:
    case Fault::io:
    case Fault::no_memory: return {Errc::unavailable, "store-failing", "The database cannot be read now."};
    case Fault::bad_row:
    case Fault::corrupt:
    case Fault::other: return {Errc::internal, "internal-error", "The database could not answer."};
  }
  return {Errc::internal, "internal-error", "The database could not answer."};
}

}  // namespace ledger::storage
