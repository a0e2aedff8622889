// One connection with one open transaction.
#include "tests/bench/foreign_reader.h"

#include <sqlite3.h>

#include <stdexcept>

namespace ledger::bench {

void ForeignReader::Closer::operator()(sqlite3* database) const noexcept {
  sqlite3_close_v2(database);
}

ForeignReader::ForeignReader(const std::string& database) {
  sqlite3* opened = nullptr;
  const int result = sqlite3_open_v2(database.c_str(), &opened, SQLITE_OPEN_READONLY, nullptr);
  database_.reset(opened);
  // BEGIN alone takes no snapshot: the first SELECT does.
  if (result != SQLITE_OK || sqlite3_exec(opened, "BEGIN; SELECT count(*) FROM sqlite_schema", nullptr, nullptr, nullptr) != SQLITE_OK) {
    throw std::runtime_error(std::string("the foreign reader cannot read: ") + sqlite3_errmsg(opened));
  }
}

ForeignReader::~ForeignReader() = default;

}  // namespace ledger::bench
