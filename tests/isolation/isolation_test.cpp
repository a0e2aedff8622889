// Concurrent clients against the real store: whatever they interleave, no answer may betray that they were not alone.
#include "storage/sqlite/sqlite_event_store.h"
#include "tests/isolation/history.h"
#include "tests/isolation/recording_client.h"
#include "tests/support/evidence.h"
#include "tests/support/recording_log.h"
#include "tests/support/rounds.h"
#include "tests/support/temp_directory.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <memory>

namespace ledger::test::isolation_test {
namespace {

constexpr std::size_t kReaders = 2;
constexpr std::size_t kSessions = 8;  // More than readers, so that questions queue, and appends form groups.
constexpr std::size_t kOperations = 150;

/// What the histories of a test amounted to.
struct Totals {
  std::size_t histories = 0;
  std::size_t appends = 0;
  std::size_t duplicates = 0;
  std::size_t reads = 0;
  std::size_t overlapping = 0;
};

/// A store on a real file.
class Ledger {
 public:
  Ledger() {
    options_.database = directory_.file("ledger.db");
    options_.readers = kReaders;
    // A handful of groups: the write-ahead log goes back into the file, and starts over, under the eyes of readers.
    options_.checkpoint_pages_max = 40;
    reopen();
  }

  void reopen() {
    if (store_) store_->close();
    store_.reset();
    store_ = storage::SqliteEventStore::open(options_, clock_, log_, [] {}).value();
  }

  [[nodiscard]] EventStore& store() { return *store_; }
  [[nodiscard]] FakeClock& clock() { return clock_; }
  /// Of the database file alone, which only checkpoints write.
  [[nodiscard]] std::uintmax_t file_bytes() const { return std::filesystem::file_size(options_.database); }

 private:
  TempDirectory directory_;
  FakeClock clock_;
  RecordingLog log_;
  storage::SqliteOptions options_;
  std::unique_ptr<storage::SqliteEventStore> store_;
};

void count(const History& history, Totals& totals) {
  ++totals.histories;
  for (const Operation& operation : history.operations) {
    const auto* const append = std::get_if<Append>(&operation.action);
    ++(append != nullptr ? totals.appends : totals.reads);
    if (append != nullptr && append->answer && append->answer->status == Appended::Status::duplicate) ++totals.duplicates;
    if (operation.span.responded - operation.span.invoked > 1) ++totals.overlapping;
  }
}

TEST(Isolation, ConcurrentHistoriesAreReadYourWritesMonotonicAndPrefixes) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE("LEDGER_TEST_SEED=" + std::to_string(seed));
  Totals totals;
  for (std::size_t round = 0; round < scaled(10); ++round) {
    SCOPED_TRACE("history " + std::to_string(round));
    Ledger ledger;
    const std::uintmax_t before = ledger.file_bytes();
    History history;
    history.operations = run_sessions(ledger.store(), ledger.clock(), kSessions, kOperations, seed + 1000 * round);
    EXPECT_GT(ledger.file_bytes(), before) << "the write-ahead log never went back into the file";
    // What the disk says is what was acknowledged.
    ledger.reopen();
    history.log = read_log(ledger.store());
    for (const Finding& finding : check(history)) ADD_FAILURE() << name(finding.rule) << ": " << finding.what;
    count(history, totals);
    if (testing::Test::HasFailure()) return;
  }
  evidence(totals.histories, "histories of 8 sessions at 2 readers checked");
  evidence(totals.appends, "concurrent appends checked");
  evidence(totals.duplicates, "concurrent duplicates checked");
  evidence(totals.reads, "concurrent reads checked");
  evidence(totals.overlapping, "operations that overlapped others");
}

}  // namespace
}  // namespace ledger::test::isolation_test
