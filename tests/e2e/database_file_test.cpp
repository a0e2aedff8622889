// The database file in the wrong hands: under a second name, without the right to write, owned by another user.
#include "tests/e2e/service.h"
#include "tests/support/temp_directory.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace ledger::test::database_file_test {
namespace {

using testing::HasSubstr;
using Arguments = std::vector<std::string>;

constexpr uid_t kOwner = 4711;

class DatabaseFile : public testing::Test {
 protected:
  /// A command that runs without the right of root to write to every file.
  static Arguments with_plain_rights(const Arguments& arguments) {
    Arguments all;
    if (::geteuid() == 0) all = {"--bounding-set=-dac_override,-dac_read_search", LEDGER_BINARY};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return all;
  }
  static ToolResult run_with_plain_rights(const Arguments& arguments) {
    return run_tool(::geteuid() == 0 ? "setpriv" : LEDGER_BINARY, with_plain_rights(arguments));
  }
  static Arguments serve(const std::string& database) {
    return {"serve", "--database", database, "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0"};
  }
  void make_ledger() { ASSERT_EQ(run_ledger({"migrate", "--database", database_, "--create"}).end.exit_code, 0); }
  void expect_refused(const ToolResult& refused, const std::string& why) {
    EXPECT_EQ(refused.end, (ProcessEnd{4, 0}));
    EXPECT_THAT(refused.error, HasSubstr(why));
  }
  void give_everything_to_another() {
    for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
      ASSERT_EQ(::chown(entry.path().c_str(), kOwner, kOwner), 0);
    }
    ASSERT_EQ(::chown(directory_.path().c_str(), kOwner, kOwner), 0);
  }
  void expect_everything_is_the_owners() {
    for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
      struct stat found {};
      ASSERT_EQ(::stat(entry.path().c_str(), &found), 0);
      EXPECT_EQ(found.st_uid, kOwner) << entry.path();
    }
  }

  TempDirectory directory_;
  const std::string database_ = directory_.file("ledger.db");
};

TEST_F(DatabaseFile, AHardLinkDoesNotStartASecondService) {
  std::filesystem::create_directory(directory_.file("other"));
  const std::string link = directory_.file("other/ledger.db");
  {
    Service service(database_);
    std::filesystem::create_hard_link(database_, link);
    const ToolResult second = run_ledger(serve(link));
    EXPECT_EQ(second.end, (ProcessEnd{1, 0}));
    EXPECT_THAT(second.error, HasSubstr("in use by process " + std::to_string(service.pid())));
    service.signal(SIGTERM);
    EXPECT_EQ(service.wait(), (ProcessEnd{0, 0})) << service.log();
  }
  expect_refused(run_ledger(serve(link)), "2 names");
  expect_refused(run_ledger(serve(database_)), "2 names");
}

TEST_F(DatabaseFile, ABindMountOfTheFileIsRefused) {
  if (run_tool("unshare", {"--mount", "true"}).end.exit_code != 0) GTEST_SKIP() << "this process may not mount";
  make_ledger();
  std::filesystem::create_directory(directory_.file("other"));
  const std::string target = directory_.file("other/ledger.db");
  const std::string command = "touch " + target + " && mount --bind " + database_ + " " + target + " && exec \"$@\"";
  Arguments arguments = {"--mount", "sh", "-c", command, "sh", LEDGER_BINARY};
  for (const std::string& argument : serve(target)) arguments.push_back(argument);
  expect_refused(run_tool("unshare", arguments), "mount point");
  const Service service(database_);
  const ToolResult second = run_tool("unshare", arguments);
  EXPECT_EQ(second.end, (ProcessEnd{1, 0}));
  EXPECT_THAT(second.error, HasSubstr("in use by process " + std::to_string(service.pid())));
}

TEST_F(DatabaseFile, WithoutTheRightToWriteIsRefusedAtTheStart) {
  make_ledger();
  std::filesystem::permissions(database_, std::filesystem::perms(0444));
  const std::string owner = "owner is user " + std::to_string(::geteuid()) + ", its mode 0444";
  for (const char* command : {"migrate", "rebuild"}) expect_refused(run_with_plain_rights({command, "--database", database_}), owner);
  expect_refused(run_with_plain_rights(serve(database_)), owner);
}

TEST_F(DatabaseFile, WithALogThatCannotBeWrittenIsRefusedAtTheStart) {
  make_ledger();
  std::filesystem::permissions(database_ + "-wal", std::filesystem::perms(0444));
  expect_refused(run_with_plain_rights(serve(database_)), "ledger.db-wal cannot be written");
}

TEST_F(DatabaseFile, OfAnotherUserIsRefusedAtTheStart) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can make a file of another user";
  make_ledger();
  ASSERT_EQ(::chown(database_.c_str(), kOwner, kOwner), 0);
  expect_refused(run_with_plain_rights(serve(database_)), "owner is user " + std::to_string(kOwner) + ", its mode 0644");
}

TEST_F(DatabaseFile, OfANewerReleaseIsRefusedAtTheStart) {
  make_ledger();
  const std::string newer = "INSERT INTO schema_migration (version, name, sha256, applied_at) VALUES (99, 'newer', 'x', 0)";
  ASSERT_EQ(run_tool("sqlite3", {database_, newer}).end.exit_code, 0);
  expect_refused(run_ledger(serve(database_)), "newer release");
  for (const char* command : {"migrate", "rebuild", "verify"}) expect_refused(run_ledger({command, "--database", database_}), "newer release");
}

TEST_F(DatabaseFile, ThatIsNoLedgerIsRefusedAtTheStart) {
  ASSERT_EQ(run_tool("sqlite3", {database_, "CREATE TABLE notes (x)"}).end.exit_code, 0);
  const std::string text = directory_.file("text.db");
  std::ofstream(text) << std::string(5000, 'x');
  for (const std::string& database : {database_, text}) {
    const std::string why = database == text ? "not a database" : "another application";
    expect_refused(run_ledger(serve(database)), why);
    for (const char* command : {"migrate", "rebuild"}) expect_refused(run_ledger({command, "--database", database}), why);
  }
}

TEST_F(DatabaseFile, OfADumpIsRefusedAndNamesWhatIsMissing) {
  make_ledger();
  const std::string copy = directory_.file("copy.db");
  ASSERT_EQ(run_tool("sh", {"-c", "sqlite3 " + database_ + " .dump | sqlite3 " + copy}).end.exit_code, 0);
  for (const Arguments& arguments : {serve(copy), {"migrate", "--database", copy}, {"verify", "--database", copy}}) {
    const ToolResult refused = run_ledger(arguments);
    expect_refused(refused, "without its application id");
    EXPECT_THAT(refused.error, HasSubstr("VACUUM INTO"));
  }
  ASSERT_EQ(run_tool("sqlite3", {copy, "PRAGMA application_id = 1095978055"}).end.exit_code, 0) << "as the message says";
  EXPECT_EQ(run_ledger({"verify", "--database", copy}).end.exit_code, 0);
}

TEST_F(DatabaseFile, IsVerifiedInAReadOnlyDirectoryWithoutAWrite) {
  make_ledger();
  for (const char* removed : {"-shm", "-wal"}) {
    SCOPED_TRACE(removed);
    std::filesystem::remove(database_ + removed);
    std::filesystem::permissions(directory_.path(), std::filesystem::perms(0555));
    const ToolResult verified = run_with_plain_rights({"verify", "--database", database_});
    // As docs/audit.md says.
    const ToolResult asked = run_tool("sqlite3", {"-readonly", "file:" + database_ + "?immutable=1", "SELECT count(*) FROM events"});
    std::filesystem::permissions(directory_.path(), std::filesystem::perms(0755));
    EXPECT_EQ(asked.out, "0\n") << asked.error;
    EXPECT_EQ(verified.end, (ProcessEnd{0, 0})) << verified.error;
    EXPECT_THAT(verified.out, HasSubstr("verified: 0 events"));
    EXPECT_FALSE(std::filesystem::exists(database_ + removed)) << "nothing was made";
  }
}

TEST_F(DatabaseFile, IsNotVerifiedInAReadOnlyDirectoryWithoutItsIndexIfTheLogHasEvents) {
  make_ledger();
  std::filesystem::remove(database_ + "-shm");
  std::ofstream(database_ + "-wal") << "events";
  std::filesystem::permissions(directory_.path(), std::filesystem::perms(0555));
  const ToolResult verified = run_with_plain_rights({"verify", "--database", database_});
  std::filesystem::permissions(directory_.path(), std::filesystem::perms(0755));
  EXPECT_EQ(verified.end, (ProcessEnd{1, 0})) << verified.out;
}

TEST_F(DatabaseFile, CommandsOfRootLeaveEverythingToTheOwner) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can make a file of another user";
  give_everything_to_another();
  make_ledger();  // A new one belongs to the owner of the directory.
  expect_everything_is_the_owners();
  for (const char* command : {"migrate", "rebuild", "verify"}) {
    std::filesystem::remove(database_ + "-wal");
    std::filesystem::remove(database_ + "-shm");
    ASSERT_EQ(run_ledger({command, "--database", database_}).end.exit_code, 0) << command;
    expect_everything_is_the_owners();
  }
}

}  // namespace
}  // namespace ledger::test::database_file_test
