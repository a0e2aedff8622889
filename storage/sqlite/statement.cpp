// One execution of a prepared statement: bind, step, reset.
#include "storage/sqlite/statement.h"

#include <sqlite3.h>

#include <algorithm>
#include <stdexcept>

namespace ledger::storage {

Query::~Query() {
  // A failed step reports its error again on reset. The caller of the step has seen it.
  static_cast<void>(statement_.tryReset());
  try {
    statement_.clearBindings();
  } catch (const SQLite::Exception&) {
    // sqlite3_clear_bindings always succeeds, though SQLiteCpp checks it.
  }
}

Query& Query::bind(std::int64_t value) {
  statement_.bind(++bound_, value);
  return *this;
}

Query& Query::bind(const std::string& text) {
  statement_.bindNoCopy(++bound_, text);
  return *this;
}

Query& Query::bind(const std::optional<std::string>& text) {
  return text ? bind(*text) : bind_null();
}

Query& Query::bind(std::optional<std::int64_t> value) {
  return value ? bind(*value) : bind_null();
}

Query& Query::bind_blob(const std::string& bytes) {
  statement_.bindNoCopy(++bound_, bytes.data(), static_cast<int>(bytes.size()));
  return *this;
}

Query& Query::bind_blob(const std::optional<std::string>& bytes) {
  return bytes ? bind_blob(*bytes) : bind_null();
}

Query& Query::bind_blob(const Sha256& digest) {
  statement_.bindNoCopy(++bound_, digest.data(), static_cast<int>(digest.size()));
  return *this;
}

Query& Query::bind_null() {
  statement_.bind(++bound_);
  return *this;
}

bool Query::next() {
  if (!statement_.executeStep()) return false;
  if (columns_.empty()) {
    const int count = statement_.getColumnCount();
    columns_.reserve(static_cast<std::size_t>(count));
    for (int column = 0; column < count; ++column) columns_.push_back(statement_.getColumn(column));
  }
  return true;
}

void Query::run() {
  if (statement_.executeStep()) throw std::logic_error("a statement that has no rows returned one");
}

std::optional<std::int64_t> Query::optional_integer(int column) {
  const SQLite::Column& value = at(column);
  if (value.isNull()) return std::nullopt;
  return value.getInt64();
}

std::optional<std::string> Query::optional_bytes(int column) {
  const SQLite::Column& value = at(column);
  if (value.isNull()) return std::nullopt;
  return value.getString();
}

Sha256 Query::digest(int column) {
  const SQLite::Column& value = at(column);
  Sha256 digest{};
  if (value.getBytes() != static_cast<int>(digest.size())) throw std::runtime_error("a stored SHA-256 does not have 32 bytes");
  const auto* bytes = static_cast<const std::uint8_t*>(value.getBlob());
  std::copy_n(bytes, digest.size(), digest.begin());
  return digest;
}

}  // namespace ledger::storage
