// The commands and their exit codes, with the real binary.
#include "tests/e2e/service.h"
#include "tests/support/http_client.h"
#include "tests/support/samples.h"
#include "tests/support/temp_directory.h"

#include <gmock/gmock.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace ledger::test::commands_test {
namespace {

using testing::HasSubstr;
using testing::Not;

class Commands : public testing::Test {
 protected:
  void record(const std::string& body) {
    Service service(database_);
    ASSERT_EQ(fetch(service.port(), "POST", "/webhooks/highlevel", {{"Content-Type", "application/json"}}, body).status, 200);
    service.signal(SIGTERM);
    ASSERT_EQ(service.wait().exit_code, 0);
  }
  void sql(const std::string& statement) {
    const ToolResult done = run_tool("sqlite3", {database_, statement});
    ASSERT_EQ(done.end.exit_code, 0) << done.error;
  }

  TempDirectory directory_;
  std::string database_ = directory_.file("ledger.db");
};

TEST_F(Commands, VersionNamesEveryPart) {
  const ToolResult version = run_ledger({"--version"});
  EXPECT_EQ(version.end.exit_code, 0);
  for (const char* part : {"association-ledger ", "SQLite 3.", "OpenSSL 3.", "Boost 1.", "schema 1"}) EXPECT_THAT(version.out, HasSubstr(part));
}

TEST_F(Commands, WrongUsageExitsWithTwo) {
  EXPECT_EQ(run_ledger({}).end.exit_code, 2);
  EXPECT_EQ(run_ledger({"serve"}).end.exit_code, 2);
  EXPECT_EQ(run_ledger({"verify", "--database", database_, "--nonsense"}).end.exit_code, 2);
}

TEST_F(Commands, BadConfigurationExitsWithFourAndNamesTheCulprit) {
  const test::TempDirectory secrets;
  for (const auto& [name, text] :
       {std::pair("empty", ""), std::pair("short", "0123456789abcde\n"), std::pair("two", "0123456789abcdef\n0123456789abcdef\n"),
        std::pair("slash", "0123456789abcdef/"), std::pair("space", " 0123456789abcdef")}) {
    std::ofstream(secrets.file(name)) << text;
  }
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"--listen", "0.0.0.0:0", "--allow-unsigned"}, "loopback"},
      {{"--listen", "localhost:8080"}, "--listen"},
      {{"--ops-listen", "127.0.0.1"}, "--ops-listen"},
      {{"--public-key", "/nonexistent.pem"}, "/nonexistent.pem"},
      {{"--public-key", "/etc/passwd"}, "/etc/passwd"},
      {{"--config", "/nonexistent.conf"}, "/nonexistent.conf"},
      {{"--webhook-secret", "/nonexistent.secret"}, "/nonexistent.secret"},
      {{"--webhook-secret", secrets.path().string()}, "--webhook-secret"},
      {{"--webhook-secret", secrets.file("empty")}, "16 to 256 characters"},
      {{"--webhook-secret", secrets.file("short")}, "16 to 256 characters"},
      {{"--webhook-secret", secrets.file("two")}, "16 to 256 characters"},
      {{"--webhook-secret", secrets.file("slash")}, "A-Z a-z 0-9 - _"},
      {{"--webhook-secret", secrets.file("space")}, secrets.file("space")},
  };
  for (const auto& [arguments, culprit] : cases) {
    std::vector<std::string> all = {"serve", "--database", database_};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const ToolResult refused = run_ledger(all);
    EXPECT_EQ(refused.end.exit_code, 4) << culprit;
    EXPECT_THAT(refused.error, HasSubstr(culprit));
  }
  const ToolResult no_directory = run_ledger({"serve", "--database", "/nonexistent/ledger.db"});
  EXPECT_EQ(no_directory.end.exit_code, 4);
  EXPECT_THAT(no_directory.error, HasSubstr("/nonexistent"));
}

TEST_F(Commands, ASecondProcessOnTheDatabaseIsRefused) {
  const Service service(database_);
  for (const char* command : {"serve", "rebuild", "migrate"}) {
    const ToolResult second = run_ledger({command, "--database", database_});
    EXPECT_EQ(second.end.exit_code, 1) << command;
    EXPECT_THAT(second.error, HasSubstr("in use by process " + std::to_string(service.pid()))) << command;
  }
}

TEST_F(Commands, MigrateMakesTheSchemaOnce) {
  const ToolResult refused = run_ledger({"migrate", "--database", database_});
  EXPECT_EQ(refused.end.exit_code, 4);
  EXPECT_THAT(refused.error, HasSubstr(database_ + ": there is no such database; --create makes one"));
  EXPECT_FALSE(std::filesystem::exists(database_));
  const ToolResult nowhere = run_ledger({"migrate", "--database", database_ + "-missing/ledger.db", "--create"});
  EXPECT_EQ(nowhere.end.exit_code, 4);
  EXPECT_THAT(nowhere.error, HasSubstr("its directory does not exist"));
  const ToolResult first = run_ledger({"migrate", "--database", database_, "--create"});
  EXPECT_EQ(first.end.exit_code, 0) << first.error;
  EXPECT_THAT(first.out, HasSubstr("applied: ledger"));
  EXPECT_EQ(std::filesystem::file_size(database_ + "-wal"), 0U) << "what was written is in the file";
  const ToolResult second = run_ledger({"migrate", "--database", database_});
  EXPECT_EQ(second.out, "schema 1\n");
}

TEST_F(Commands, AResultThatCannotBeWrittenIsAFailure) {
  const ToolResult lost = run_tool("sh", {"-c", "exec \"$0\" --version > /dev/full", LEDGER_BINARY});
  EXPECT_EQ(lost.end, (ProcessEnd{1, 0}));
  EXPECT_THAT(lost.error, HasSubstr("could not be written"));
}

TEST_F(Commands, VerifyFindsAForgedStateAndRebuildRepairsIt) {
  record(sample("association-delete.enveloped.json"));
  record(R"({"type":"RelationCreate","locationId":"L","id":"r"})");
  const ToolResult verified = run_ledger({"verify", "--database", database_});
  EXPECT_EQ(verified.end.exit_code, 0);
  EXPECT_THAT(verified.out, HasSubstr("verified: 2 events, 1 associations, 1 relations, 0 quarantined deliveries; signatures: 0 verified, "
                                      "0 of unknown keys, 2 deliveries unsigned\n"));
  sql("UPDATE association_state SET created_at = 7");
  const ToolResult found = run_ledger({"verify", "--database", database_});
  EXPECT_EQ(found.end.exit_code, 3);
  EXPECT_THAT(found.out, HasSubstr("DIVERGENCE: association 67ade73d1119d2ac7ad0c475 of location eHy2cOSZxMQzQ6Yyvl8P"));
  const ToolResult rebuilt = run_ledger({"rebuild", "--database", database_});
  EXPECT_EQ(rebuilt.end.exit_code, 0) << rebuilt.error;
  EXPECT_THAT(rebuilt.out, HasSubstr("rebuilt: 2 events, 1 associations, 1 relations, 2 locations"));
  EXPECT_THAT(rebuilt.error, HasSubstr("rebuild: 100 %"));
  EXPECT_EQ(run_ledger({"verify", "--database", database_}).end.exit_code, 0);
}

// A typo would otherwise make an empty ledger, and the real one would seem to have lost everything.
TEST_F(Commands, ServeMakesNoDatabaseUnlessItIsTold) {
  const ToolResult refused = run_ledger({"serve", "--database", database_, "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0"});
  EXPECT_EQ(refused.end.exit_code, 4);
  EXPECT_THAT(refused.error, HasSubstr("--create makes one"));
  EXPECT_FALSE(std::filesystem::exists(database_));
}

TEST_F(Commands, AVariableThatNamesNoOptionIsWarnedOf) {
  const ToolResult warned = run_tool("env", {"ASSOCIATION_LEDGER_THREAD=4", LEDGER_BINARY, "verify", "--database", database_});
  EXPECT_THAT(warned.error, HasSubstr("the environment variable ASSOCIATION_LEDGER_THREAD names no option"));
}

// Whoever drops the guards can remove a signed event and put an unsigned one in its place, and nothing else shows it.
TEST_F(Commands, VerifyNamesEventsThatNobodySignedIfAsked) {
  record(sample("association-delete.enveloped.json"));
  EXPECT_EQ(run_ledger({"verify", "--database", database_}).end.exit_code, 0);
  const ToolResult found = run_ledger({"verify", "--database", database_, "--require-signed"});
  EXPECT_EQ(found.end.exit_code, 3);
  EXPECT_THAT(found.out, HasSubstr("UNPROVEN: event 1 is unsigned"));
}

TEST_F(Commands, VerifyFindsAnIndexThatIsNotThere) {
  record(sample("association-delete.enveloped.json"));
  sql("DROP INDEX event_by_delivery");
  const ToolResult found = run_ledger({"verify", "--database", database_});
  EXPECT_EQ(found.end.exit_code, 3);
  EXPECT_THAT(found.out, HasSubstr("DIVERGENCE: index event_by_delivery: it is not there"));
}

TEST_F(Commands, VerifyRunsBesideTheService) {
  const Service service(database_);
  ASSERT_EQ(fetch(service.port(), "POST", "/webhooks/highlevel", {{"Content-Type", "application/json"}}, sample("association-delete.enveloped.json"))
                .status,
            200);
  const ToolResult verified = run_ledger({"verify", "--database", database_});
  EXPECT_EQ(verified.end.exit_code, 0) << verified.error;
  EXPECT_THAT(verified.out, HasSubstr("verified: 1 events"));
}

TEST_F(Commands, AMissingDatabaseIsForAPersonToMendAndIsNotMade) {
  for (const char* command : {"verify", "rebuild"}) {
    EXPECT_EQ(run_ledger({command, "--database", database_}).end.exit_code, 4) << command;
    EXPECT_FALSE(std::filesystem::exists(database_)) << command;
  }
}

// A file that the process opens gets the lowest free descriptor. If standard error is closed that is number 2, to which log lines are written.
TEST_F(Commands, NoLineGoesIntoAFileOfTheDatabaseWhenStandardDescriptorsAreClosed) {
  const Service other(directory_.file("other.db"));
  const std::string taken = "127.0.0.1:" + std::to_string(other.port());  // So serve fails after it has created and logged the schema.
  for (const char* closed : {"2>&-", "<&- >&- 2>&-"}) {
    SCOPED_TRACE(closed);
    const TempDirectory directory;
    const std::string database = directory.file("ledger.db");
    const std::string command = std::string("exec \"$@\" ") + closed;
    const std::vector<std::string> serve = {"-c",     command,    "sh",       LEDGER_BINARY, "serve",        "--database",
                                            database, "--create", "--listen", taken,         "--ops-listen", "127.0.0.1:0"};
    EXPECT_EQ(run_tool("sh", serve).end, (ProcessEnd{1, 0}));
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(database).parent_path())) {
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string text{std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
      EXPECT_THAT(text, Not(HasSubstr("event=schema_migrated"))) << entry.path();
    }
    EXPECT_EQ(run_ledger({"verify", "--database", database}).end, (ProcessEnd{0, 0}));
  }
}

TEST_F(Commands, WhatIsPrintedCannotSteerTheTerminal) {
  record(R"({"type":"AssociationCreate","locationId":"L","id":"\u202e\u009b2J"})");
  sql("UPDATE association_state SET created_at = 7");
  const ToolResult found = run_ledger({"verify", "--database", database_});
  EXPECT_THAT(found.out, HasSubstr(R"(DIVERGENCE: association \u202e\u009b2J of location L)"));
  EXPECT_THAT(run_ledger({"\x1b[2J\xe2\x80\xae"}).error, HasSubstr(R"('\u001b[2J\u202e')"));
  EXPECT_THAT(run_ledger({"verify", "--database", "/nonexistent/\xc2\x9b\n.db"}).error, HasSubstr(R"(/nonexistent/\u009b\n.db)"));
}

}  // namespace
}  // namespace ledger::test::commands_test
