// The one place where SQLite's result codes become words of this project.
#pragma once

#include "domain/result.h"

#include <exception>
#include <string>
#include <string_view>

namespace ledger::storage {

/// What an SQLite result code means to whoever has to act on it.
enum class Fault {
  busy,         ///< Somebody else holds the lock.
  constraint,   ///< The row breaks a rule of the schema.
  too_big,      ///< A value is over SQLite's limit.
  full,         ///< No room on the disk.
  io,           ///< The disk or its driver failed.
  no_memory,    ///< An allocation failed.
  interrupted,  ///< A deadline of ours ended the statement.
  corrupt,      ///< The file is damaged, or is no database.
  other,        ///< Misuse, schema errors and all else that only a defect of ours can cause.
};

/// Maps a primary or extended result code.
[[nodiscard]] Fault classify(int sqlite_code) noexcept;

/// "busy", "constraint", …, for logs. Static storage.
[[nodiscard]] std::string_view name(Fault fault) noexcept;

/// A result code of SQLite, with SQLite's own words for logs.
struct SqliteFailure {
  Fault fault = Fault::other;
  int code = 0;  ///< Extended.
  std::string text;
};

/// The failure that `thrown` carries. Exceptions that SQLiteCpp did not throw are Fault::other, but std::bad_alloc is no_memory.
[[nodiscard]] SqliteFailure failure_of(const std::exception& thrown);

/// What a reader answers for a fault: unavailable where trying again can help, else internal. The detail is fit for the public.
[[nodiscard]] Error read_error(Fault fault);

}  // namespace ledger::storage
