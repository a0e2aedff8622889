// One execution of a prepared statement: bind, step, reset.
#pragma once

#include "domain/digest.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ledger::storage {

/// Uses a statement for one execution. The destructor resets it and clears its bindings. Text and blobs are bound without a copy and must outlive the
/// Query, so temporaries are not accepted. All methods throw SQLite::Exception. Not thread-safe, like its connection.
class Query {
 public:
  explicit Query(SQLite::Statement& statement) noexcept : statement_(statement) {}
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  ~Query();

  /// Binds the next parameter.
  Query& bind(std::int64_t value);
  Query& bind(const std::string& text);
  Query& bind(std::string&& text) = delete;
  Query& bind(const std::optional<std::string>& text);
  Query& bind(std::optional<std::string>&& text) = delete;
  Query& bind(std::optional<std::int64_t> value);
  Query& bind_blob(const std::string& bytes);
  Query& bind_blob(std::string&& bytes) = delete;
  Query& bind_blob(const std::optional<std::string>& bytes);
  Query& bind_blob(std::optional<std::string>&& bytes) = delete;
  Query& bind_blob(const Sha256& digest);
  Query& bind_null();

  /// Steps to the next row. False after the last row.
  [[nodiscard]] bool next();
  /// Runs a statement that returns no rows.
  void run();

  /// Columns of the current row, from 0 on.
  [[nodiscard]] std::int64_t integer(int column) { return at(column).getInt64(); }
  [[nodiscard]] std::optional<std::int64_t> optional_integer(int column);
  /// Text or blob.
  [[nodiscard]] std::string bytes(int column) { return at(column).getString(); }
  [[nodiscard]] std::optional<std::string> optional_bytes(int column);
  /// Throws std::runtime_error unless the column holds exactly 32 bytes.
  [[nodiscard]] Sha256 digest(int column);

 private:
  [[nodiscard]] const SQLite::Column& at(int column) const { return columns_.at(static_cast<std::size_t>(column)); }

  SQLite::Statement& statement_;
  int bound_ = 0;
  std::vector<SQLite::Column> columns_;  ///< Each reads the row that the statement is at. Made once, because making one for each value is slow.
};

}  // namespace ledger::storage
