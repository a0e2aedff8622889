// Bare loops over fdatasync and over SQLite.
#include "tests/bench/disk.h"

#include "tests/bench/histogram.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <memory>
#include <stdexcept>

namespace ledger::bench {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void measure_appends(const std::string& path, double seconds, DiskCeilings& ceilings) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
  if (file < 0) throw std::runtime_error("cannot make " + path);
  const std::array<char, 4096> block{};
  Histogram latency;
  bool is_written = true;
  const Clock::time_point start = Clock::now();
  while (is_written && seconds_since(start) < seconds) {
    const Clock::time_point begin = Clock::now();
    is_written = ::write(file, block.data(), block.size()) == ssize_t{block.size()} && ::fdatasync(file) == 0;
    latency.record(static_cast<std::uint64_t>((Clock::now() - begin).count()));
  }
  ceilings.append_syncs_per_second = static_cast<double>(latency.count()) / seconds_since(start);
  ceilings.append_sync_p50_us = static_cast<double>(latency.quantile(0.5)) / 1000;
  ceilings.append_sync_p99_us = static_cast<double>(latency.quantile(0.99)) / 1000;
  ::close(file);
  if (!is_written) throw std::runtime_error("cannot write " + path);
}

/// Rows per second into one table of the plainest kind.
class BareTable {
 public:
  explicit BareTable(const std::string& path) {
    sqlite3* opened = nullptr;
    const int result = sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    database_.reset(opened);
    require(result == SQLITE_OK);
    run("PRAGMA journal_mode=WAL");
    run("PRAGMA synchronous=FULL");
    run("CREATE TABLE event (sequence INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT");
    sqlite3_stmt* prepared = nullptr;
    require(sqlite3_prepare_v2(opened, "INSERT INTO event (body) VALUES (?)", -1, &prepared, nullptr) == SQLITE_OK);
    insert_.reset(prepared);
  }

  double rows_per_second(int group, double seconds) {
    const std::string body(450, 'b');
    std::uint64_t rows = 0;
    const Clock::time_point start = Clock::now();
    while (seconds_since(start) < seconds) {
      run("BEGIN IMMEDIATE");
      for (int i = 0; i < group; ++i, ++rows) {
        sqlite3_bind_blob(insert_.get(), 1, body.data(), static_cast<int>(body.size()), SQLITE_STATIC);
        require(sqlite3_step(insert_.get()) == SQLITE_DONE && sqlite3_reset(insert_.get()) == SQLITE_OK);
      }
      run("COMMIT");
    }
    return static_cast<double>(rows) / seconds_since(start);
  }

 private:
  struct Closer {
    void operator()(sqlite3* database) const noexcept { sqlite3_close_v2(database); }
    void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
  };

  void require(bool succeeded) const {
    if (!succeeded) throw std::runtime_error(std::string("SQLite: ") + sqlite3_errmsg(database_.get()));
  }
  void run(const char* sql) const { require(sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK); }

  std::unique_ptr<sqlite3, Closer> database_;
  std::unique_ptr<sqlite3_stmt, Closer> insert_;
};

}  // namespace

DiskCeilings measure_disk(const std::string& directory, double seconds) {
  DiskCeilings ceilings;
  std::filesystem::create_directories(directory);
  measure_appends(directory + "/appended", seconds, ceilings);
  BareTable table(directory + "/table.db");
  ceilings.inserts_alone_per_second = table.rows_per_second(1, seconds);
  ceilings.inserts_grouped_per_second = table.rows_per_second(64, seconds);
  std::filesystem::remove_all(directory);
  return ceilings;
}

}  // namespace ledger::bench
