// A program that reads the ledger's database with SQLite while the service runs.
#pragma once

#include <memory>
#include <string>

struct sqlite3;

namespace ledger::bench {

/// Holds a read transaction open until it is destroyed, as an auditor with the sqlite3 shell does. The service must run in another process: closing
/// the file releases the locks that this process has on it.
class ForeignReader {
 public:
  /// Throws std::runtime_error.
  explicit ForeignReader(const std::string& database);
  ForeignReader(const ForeignReader&) = delete;
  ForeignReader& operator=(const ForeignReader&) = delete;
  ~ForeignReader();

 private:
  struct Closer {
    void operator()(sqlite3* database) const noexcept;
  };
  std::unique_ptr<sqlite3, Closer> database_;
};

}  // namespace ledger::bench
