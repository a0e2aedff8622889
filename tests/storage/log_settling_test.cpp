// What a crash leaves in the write-ahead log is durable before anybody is told that it is recorded.
#include "storage/log_settling.h"

#include "storage/group_committer.h"
#include "tests/support/fake_clock.h"
#include "tests/support/generators.h"
#include "tests/support/recording_log.h"
#include "tests/support/simulated_vfs.h"
#include "tests/support/temp_directory.h"

#include <gmock/gmock.h>
#include <sqlite3.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace ledger::storage {
namespace {

using test::FileKind;
using test::Operation;

class LogSettling : public testing::TestWithParam<std::uint64_t> {
 protected:
  std::unique_ptr<GroupCommitter> open() {
    GroupCommitter::Options options;
    options.connection = {"ledger.db", vfs_.name(), 10};
    options.disk_free_bytes_min = 0;
    return std::make_unique<GroupCommitter>(options, clock_, log_);
  }
  /// What a client is told of a delivery, always the same one for the same id.
  static Result<Appended> deliver(GroupCommitter& committer, const std::string& id = "a") {
    std::vector<Ticket> group;
    group.emplace_back(AppendTicket{test::new_event(R"({"type":"AssociationDelete","locationId":"L","id":")" + id + "\"}", std::nullopt),
                                    [](const Result<Appended>&) {}});
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
    committer->finish();
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
}  // namespace ledger::storage
