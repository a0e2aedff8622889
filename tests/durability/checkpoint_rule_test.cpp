// All commits and all checkpoints come from one connection: under SQLite 3.40 a checkpoint on another one can corrupt the database.
#include "storage/sqlite/connection.h"
#include "storage/sqlite/sqlite_event_store.h"
#include "storage/sqlite/verify.h"
#include "sync/mutex.h"
#include "tests/support/blocking_store.h"
#include "tests/support/evidence.h"
#include "tests/support/fake_clock.h"
#include "tests/support/generators.h"
#include "tests/support/recording_log.h"
#include "tests/support/rounds.h"
#include "tests/support/simulated_vfs.h"
#include "tests/support/temp_directory.h"

#include <gmock/gmock.h>
#include <sqlite3.h>

#include <set>
#include <thread>

namespace ledger::test::checkpoint_rule_test {
namespace {

constexpr int kCheckpointLock = 1;  // WAL_CKPT_LOCK of SQLite's wal.c: whoever checkpoints holds it alone.

/// Watches who changes the files. A connection belongs to one thread, so the thread that asks stands for it.
class ChangeWatch {
 public:
  void see(const Access& access) {
    const bool changes = access.operation == Operation::write || access.operation == Operation::sync || access.operation == Operation::truncate;
    const bool checkpoints = (changes && access.file == FileKind::database) || access.shared_lock == kCheckpointLock;
    if (!changes && !checkpoints) return;
    const MutexLock lock(mutex_);
    (checkpoints ? checkpointers_ : committers_).insert(std::this_thread::get_id());
    ++(checkpoints ? checkpoint_operations_ : commit_operations_);
  }

  [[nodiscard]] std::set<std::thread::id> committers() const {
    const MutexLock lock(mutex_);
    return committers_;
  }
  [[nodiscard]] std::set<std::thread::id> checkpointers() const {
    const MutexLock lock(mutex_);
    return checkpointers_;
  }
  [[nodiscard]] std::size_t commit_operations() const {
    const MutexLock lock(mutex_);
    return commit_operations_;
  }
  [[nodiscard]] std::size_t checkpoint_operations() const {
    const MutexLock lock(mutex_);
    return checkpoint_operations_;
  }

 private:
  mutable Mutex mutex_;
  std::set<std::thread::id> committers_ LEDGER_GUARDED_BY(mutex_);
  std::set<std::thread::id> checkpointers_ LEDGER_GUARDED_BY(mutex_);
  std::size_t commit_operations_ LEDGER_GUARDED_BY(mutex_) = 0;
  std::size_t checkpoint_operations_ LEDGER_GUARDED_BY(mutex_) = 0;
};

class CheckpointRule : public testing::Test {
 protected:
  storage::SqliteOptions options() {
    storage::SqliteOptions options;
    options.database = directory_.file("ledger.db");
    options.vfs = vfs_.name();
    options.readers = 3;
    options.checkpoint_pages_max = 20;
    return options;
  }
  storage::ConnectionOptions connection() { return {options().database, vfs_.name(), 1000}; }

  TempDirectory directory_;
  SimulatedVfs vfs_{1};
  FakeClock clock_;
  RecordingLog log_;
};

/// Appends and asks, as long as its seed lasts.
void be_a_client(EventStore& opened, std::uint64_t seed) {
  BlockingStore store(opened);
  Random random(seed);
  const Places places;
  for (std::size_t i = 0; i < scaled(300); ++i) {
    EXPECT_TRUE(store.append(random_delivery(random, places)));
    AssociationQuery associations;
    associations.location = LocationId(random.pick(places.locations));
    EXPECT_TRUE(store.list_associations(associations));
    EXPECT_TRUE(store.list_events({Sequence(0), 10}));
  }
}

TEST_F(CheckpointRule, NobodyButTheWriterCommitsOrCheckpoints) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE("LEDGER_TEST_SEED=" + std::to_string(seed));
  ChangeWatch watch;
  auto store = storage::SqliteEventStore::open(options(), clock_, log_, [] {}).value();
  vfs_.watch([&watch](const Access& access) { watch.see(access); });
  std::vector<std::thread> threads;
  for (std::uint64_t client = 0; client < 4; ++client) threads.emplace_back([&, client] { be_a_client(*store, seed + client); });
  threads.emplace_back([this] {
    // Somebody verifies meanwhile, and somebody reads as auditors do.
    for (int i = 0; i < 5; ++i) {
      SQLite::Database reader = storage::open_reader(connection());
      EXPECT_EQ(storage::verify_snapshot({&reader, 1}, {}, [](std::int64_t, std::int64_t) {}).divergence, std::nullopt);
    }
  });
  for (std::thread& thread : threads) thread.join();
  store->close();
  vfs_.watch(nullptr);
  EXPECT_EQ(watch.committers().size(), 1U) << "threads wrote to the log";
  EXPECT_EQ(watch.checkpointers().size(), 1U) << "threads checkpointed";
  EXPECT_EQ(watch.committers(), watch.checkpointers());
  evidence(watch.commit_operations(), "operations of commits, all by the writer");
  evidence(watch.checkpoint_operations(), "operations of checkpoints, all by the writer");
}

TEST_F(CheckpointRule, AReaderThatIsTheLastToCloseLeavesTheLogAlone) {
  {
    storage::SqliteOptions no_checkpoints = options();
    no_checkpoints.checkpoint_pages_max = 1000;
    const auto store = storage::SqliteEventStore::open(no_checkpoints, clock_, log_, [] {}).value();
    ASSERT_TRUE(BlockingStore(*store).append(new_event(R"({"type":"AssociationDelete","locationId":"L","id":"a"})", std::nullopt)));
    const SimulatedDisk as_killed = vfs_.image();
    store->close();
    vfs_.load(as_killed);
  }
  ASSERT_GT(vfs_.file_bytes(options().database + "-wal"), 0U);
  const std::size_t before = vfs_.changes();
  const std::size_t opens = vfs_.count(Operation::open, FileKind::database) + vfs_.count(Operation::open, FileKind::log);
  {
    SQLite::Database reader = storage::open_reader(connection());
    EXPECT_EQ(reader.execAndGet("SELECT count(*) FROM event").getInt(), 1);
  }
  const std::size_t opened = vfs_.count(Operation::open, FileKind::database) + vfs_.count(Operation::open, FileKind::log) - opens;
  EXPECT_EQ(vfs_.changes(), before + opened) << "opening was all that it did to the disk";
}

}  // namespace
}  // namespace ledger::test::checkpoint_rule_test
