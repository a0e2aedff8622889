// What a crash leaves in the write-ahead log is durable before anybody is told that it is recorded.
#include "storage/sqlite/log_settling.h"

#include "storage/sqlite/connection.h"
#include "storage/sqlite/group_committer.h"
#include "storage/sqlite/verify.h"
#include "tests/support/fake_clock.h"
#include "tests/support/generators.h"
#include "tests/support/recording_log.h"
#include "tests/support/simulated_vfs.h"
#include "tests/support/temp_directory.h"

#include <SQLiteCpp/Transaction.h>

#include <gmock/gmock.h>
#include <sqlite3.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

namespace ledger::storage::log_settling_test {
namespace {

using test::FileKind;
using test::Operation;

class LogSettling : public testing::TestWithParam<std::uint64_t> {
 protected:
  std::unique_ptr<GroupCommitter> open() {
    GroupCommitter::Options options;
    options.connection = {"ledger.db", vfs_.name(), 10};
    options.disk_free_bytes_min = 0;
    options.checkpoints = {1'000'000, 1, 0};  // After the first checkpoint, any page is reason enough for the next.
    return std::make_unique<GroupCommitter>(options, clock_, log_);
  }
  /// What a client is told of a delivery, always the same one for the same id.
  static Result<Appended> deliver(GroupCommitter& committer, const std::string& id = "a", std::size_t blanks = 0) {
    std::vector<Ticket> group;
    const std::string body = R"({"type":"AssociationDelete","locationId":"L","id":")" + id + "\"" + std::string(blanks, ' ') + "}";
    group.emplace_back(AppendTicket{test::new_event(body, std::nullopt), [](const Result<Appended>&) {}});
    committer.commit(group);
    return std::get<AppendTicket>(group.front()).outcome;
  }

  test::SimulatedVfs vfs_{GetParam()};
  test::FakeClock clock_;
  test::RecordingLog log_;
};

TEST_P(LogSettling, MakesDurableWhatAKilledProcessHadNotSynced) {
  {
    const auto committer = open();
    ASSERT_TRUE(deliver(*committer, "synced"));
    // The sync of the commit never happens: killed between writing and syncing.
    vfs_.watch([this](const test::Access& access) {
      if (access.operation == Operation::sync && access.file == FileKind::log) vfs_.end_at(vfs_.changes());
    });
    ASSERT_FALSE(deliver(*committer));
    vfs_.watch(nullptr);
  }
  vfs_.kill_process();
  ASSERT_EQ(deliver(*open())->status, Appended::Status::duplicate) << "the transaction was whole in the cache";
  vfs_.cut_power();
  EXPECT_EQ(open()->last_sequence(), Sequence(2)) << "acknowledged, and lost";
}

TEST_P(LogSettling, MakesDurableWhatAFailedSyncLeftInTheCache) {
  {
    const auto committer = open();
    ASSERT_TRUE(deliver(*committer, "synced"));
    vfs_.fail({Operation::sync, FileKind::log, SQLITE_IOERR_FSYNC});
    ASSERT_EQ(deliver(*committer).error().code, Errc::outcome_unknown);
  }
  vfs_.heal();
  vfs_.kill_process();
  ASSERT_EQ(deliver(*open())->status, Appended::Status::duplicate) << "the transaction was whole in the cache";
  vfs_.cut_power();
  EXPECT_EQ(open()->last_sequence(), Sequence(2)) << "acknowledged, and lost";
}

TEST_P(LogSettling, DoesNotBelieveThatWhatWasCopiedIsOnDisk) {
  const ConnectionOptions connection{"ledger.db", vfs_.name(), 10};
  std::optional<SQLite::Database> auditor;
  {
    const auto committer = open();
    const auto checkpoint = [&] {
      clock_.advance(std::chrono::milliseconds(5000));
      committer->maintain();
    };
    ASSERT_TRUE(deliver(*committer, "first"));
    checkpoint();
    // While somebody has the database open, the log's index lives on, and with it the number of what was copied.
    auditor.emplace(open_reader(connection));
    ASSERT_TRUE(deliver(*committer, "before the snapshot", 20'000));
    {
      const SQLite::Transaction snapshot(*auditor);
      ASSERT_EQ(auditor->execAndGet("SELECT count(*) FROM event").getInt(), 2);
      ASSERT_TRUE(deliver(*committer, "after it"));
      const std::size_t writes = vfs_.count(Operation::write, FileKind::database);
      const std::size_t syncs = vfs_.count(Operation::sync, FileKind::database);
      checkpoint();
      ASSERT_GT(vfs_.count(Operation::write, FileKind::database), writes) << "what was before the snapshot is copied";
      ASSERT_EQ(vfs_.count(Operation::sync, FileKind::database), syncs) << "and not synced";
    }
    vfs_.fail({Operation::sync, FileKind::database, SQLITE_IOERR_FSYNC});
    checkpoint();
    ASSERT_EQ(committer->state(), GroupCommitter::State::poisoned);
  }
  vfs_.heal();
  static_cast<void>(open()->finish());
  ASSERT_EQ(vfs_.file_bytes("ledger.db-wal"), 0U) << "the log was all copied, and let go";
  auditor.reset();
  vfs_.cut_power();
  SQLite::Database reader = open_reader(connection);
  EXPECT_EQ(verify_snapshot({&reader, 1}, {}, [](std::int64_t, std::int64_t) {}).divergence, std::nullopt);
  EXPECT_EQ(open()->last_sequence(), Sequence(3)) << "acknowledged, and lost";
}

TEST_P(LogSettling, NeverWritesWhatIsDurableTogetherWithWhatIsNot) {
  std::size_t durable_bytes = 0;
  {
    const auto committer = open();
    ASSERT_TRUE(deliver(*committer, "synced"));
    durable_bytes = vfs_.file_bytes("ledger.db-wal");
    vfs_.fail({Operation::sync, FileKind::log, SQLITE_IOERR_FSYNC});
    ASSERT_EQ(deliver(*committer).error().code, Errc::outcome_unknown);
  }
  vfs_.heal();
  std::size_t written_bytes = 0;
  vfs_.watch([&](const test::Access& access) {
    if (access.operation != Operation::write) return;
    EXPECT_TRUE(access.at + access.bytes <= durable_bytes || access.at >= durable_bytes)
        << "a torn sector would take the end of what is durable along";
    written_bytes += access.bytes;
  });
  settle_log("ledger.db", vfs_.name());
  vfs_.watch(nullptr);
  EXPECT_GT(written_bytes, durable_bytes);
}

TEST_P(LogSettling, WritesNothingAfterAnOrderlyEnd) {
  {
    const auto committer = open();
    ASSERT_TRUE(deliver(*committer));
    static_cast<void>(committer->finish());
  }
  const std::size_t before = vfs_.changes();
  settle_log("ledger.db", vfs_.name());
  EXPECT_EQ(vfs_.changes(), before);
}

TEST_P(LogSettling, ThrowsWhenTheDiskDoesNotTakeIt) {
  {
    const auto committer = open();
    ASSERT_TRUE(deliver(*committer));
  }
  for (const Operation operation : {Operation::open, Operation::measure, Operation::read, Operation::write, Operation::sync}) {
    vfs_.fail({operation, FileKind::log, SQLITE_IOERR});
    try {
      settle_log("ledger.db", vfs_.name());
      ADD_FAILURE() << "operation " << static_cast<int>(operation);
    } catch (const std::runtime_error& refused) {
      EXPECT_THAT(refused.what(), testing::HasSubstr("ledger.db-wal: the write-ahead log cannot be settled"));
    }
  }
  vfs_.heal();
  EXPECT_EQ(open()->last_sequence(), Sequence(1));
}

TEST_P(LogSettling, RefusesWhileAnotherProcessIsCheckpointing) {
  static_cast<void>(open()->finish());
  const SQLite::Database other = open_reader({"ledger.db", vfs_.name(), 10});
  sqlite3_file* file = nullptr;
  sqlite3_file_control(other.getHandle(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
  constexpr int kCheckpointLock = 1;
  ASSERT_EQ(file->pMethods->xShmLock(file, kCheckpointLock, 1, SQLITE_SHM_LOCK | SQLITE_SHM_EXCLUSIVE), SQLITE_OK);
  try {
    open();
    ADD_FAILURE() << "how much is copied can change at any time";
  } catch (const std::runtime_error& refused) {
    EXPECT_STREQ(refused.what(), "ledger.db-wal: the write-ahead log cannot be settled: database is locked");
  }
}

TEST(LogSettlingOnDisk, CopiesAgainWhatACheckpointHadCopiedAndTheDiskLost) {
  const test::TempDirectory directory;
  const ConnectionOptions options{directory.file("ledger.db"), "", 10};
  constexpr int kPageBytes = 4096;
  std::string page(kPageBytes, '?');
  const auto checkpoint = [](SQLite::Database& database) {
    ASSERT_EQ(sqlite3_wal_checkpoint_v2(database.getHandle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr), SQLITE_OK);
  };
  const auto second_page = [&](SQLite::Database& database, auto sqlite3_io_methods::*method) {
    sqlite3_file* file = nullptr;
    sqlite3_file_control(database.getHandle(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
    ASSERT_EQ((file->pMethods->*method)(file, page.data(), kPageBytes, kPageBytes), SQLITE_OK);
  };
  std::optional<SQLite::Database> writer(open_writer(options));
  writer->exec("CREATE TABLE t (x); INSERT INTO t VALUES ('kept')");
  const SQLite::Database auditor = open_reader(options);
  checkpoint(*writer);
  second_page(*writer, &sqlite3_io_methods::xWrite);
  writer.reset();

  writer.emplace(open_writer(options));
  checkpoint(*writer);
  second_page(*writer, &sqlite3_io_methods::xRead);
  EXPECT_THAT(page, testing::EndsWith("kept"));
}

TEST(LogSettlingOnDisk, FindsTheLogOfADatabaseBehindALink) {
  const test::TempDirectory directory;
  std::filesystem::create_directory(directory.file("volume"));
  std::filesystem::create_symlink(directory.file("volume/real.db"), directory.file("ledger.db"));
  std::ofstream(directory.file("volume/real.db")) << "";
  const std::string left_by_a_crash(1'000'000, 'x');
  std::ofstream(directory.file("volume/real.db-wal")) << left_by_a_crash;
  const auto long_ago = std::filesystem::file_time_type::clock::now() - std::chrono::hours(1);
  std::filesystem::last_write_time(directory.file("volume/real.db-wal"), long_ago);
  settle_log(directory.file("ledger.db"), "");
  EXPECT_GT(std::filesystem::last_write_time(directory.file("volume/real.db-wal")), long_ago) << "written once more";
  std::ifstream file(directory.file("volume/real.db-wal"));
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), left_by_a_crash);
}

// What a power cut leaves is chance, so each test meets several.
INSTANTIATE_TEST_SUITE_P(Chances, LogSettling, testing::Range(std::uint64_t{1}, std::uint64_t{9}));

}  // namespace
}  // namespace ledger::storage::log_settling_test
