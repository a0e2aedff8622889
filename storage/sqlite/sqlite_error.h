// Translates SQLite's result codes. No other file does.
#pragma once

#include "domain/result.h"

#include <exception>
#include <string>
#include <string_view>

namespace ledger::storage {

/// What an SQLite result code means for the caller.
enum class Fault {
  busy,         ///< Another connection holds the lock.
  constraint,   ///< The row breaks a rule of the schema.
  too_big,      ///< A value is over SQLite's limit.
  full,         ///< No room on the disk.
  io,           ///< The disk or its driver failed.
  no_memory,    ///< An allocation failed.
  interrupted,  ///< The ledger's own deadline ended the statement.
  corrupt,      ///< The file is damaged or is not a database.
  other,        ///< Misuse, schema errors and everything else that only a defect of the ledger can cause.
};

/// Maps a primary or extended result code.
[[nodiscard]] Fault classify(int sqlite_code) noexcept;

/// "busy", "constraint", …, for logs. Static storage.
[[nodiscard]] std::string_view name(Fault fault) noexcept;

/// A result code of SQLite, with SQLite's message for logs.
struct SqliteFailure {
  Fault fault = Fault::other;
  int code = 0;  ///< Extended.
  std::string text;
};

/// The failure of which `thrown` tells. std::bad_alloc is no_memory; other exceptions that SQLiteCpp did not throw are Fault::other.
[[nodiscard]] SqliteFailure failure_of(const std::exception& thrown);

/// A reader's answer to a fault: unavailable if a retry can help, else internal. The detail may be shown to clients.
[[nodiscard]] Error read_error(Fault fault);

}  // namespace ledger::storage
