// The quarantine commands with the real binary, beside a service and without one.
#include "tests/e2e/service.h"
#include "tests/support/http_client.h"
#include "tests/support/samples.h"
#include "tests/support/signing_key.h"
#include "tests/support/temp_directory.h"

#include "domain/base64.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/stat.h>
#include <boost/json/parse.hpp>

#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>

namespace ledger::test::quarantine_test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kUnreadable = R"({"type":"AssociationDelete","locationId":"L"})";
const std::string kUnknownType = R"({"type":"SomethingNew","id":"a","locationId":"L"})";

/// Whether the commands find a service, or have to open the database themselves.
enum class Beside { service, nothing };

class Quarantine : public testing::TestWithParam<Beside> {
 protected:
  Quarantine() { std::ofstream(key_file_) << key_.public_pem(); }

  void start() { service_.emplace(database_, std::vector<std::string>{"--public-key", key_file_}); }
  void stop() {
    service_->signal(SIGTERM);
    EXPECT_EQ(service_->wait(), (ProcessEnd{0, 0})) << service_->log();
    service_.reset();
  }
  HttpResponse post(const std::string& body, const std::string& path = "/webhooks/highlevel") {
    return fetch(service_->port(), "POST", path, {{"X-GHL-Signature", base64_encode(key_.sign(body))}}, body);
  }
  /// Ends the service if the commands are to work without one.
  void now_beside(Beside beside) {
    if (beside == Beside::nothing) stop();
  }
  ToolResult quarantine(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "quarantine");
    arguments.insert(arguments.end(), {"--database", database_});
    return run_ledger(arguments);
  }
  std::string sql(const std::string& query) { return run_tool("sqlite3", {"-readonly", database_, query}).out; }
  void expect_verified() {
    const ToolResult verified = run_ledger({"verify", "--database", database_, "--public-key", key_file_, "--require-signed"});
    EXPECT_EQ(verified.end.exit_code, 0) << verified.out << verified.error;
  }

  TempDirectory directory_;
  const std::string database_ = directory_.file("ledger.db");
  const std::string socket_ = database_ + "-control";
  const std::string key_file_ = directory_.file("key.pem");
  const SigningKey key_ = SigningKey::ed25519();
  std::optional<Service> service_;
};

INSTANTIATE_TEST_SUITE_P(Beside, Quarantine, testing::Values(Beside::service, Beside::nothing),
                         [](const testing::TestParamInfo<Beside>& beside) { return beside.param == Beside::service ? "Service" : "Nothing"; });

// Rule 8: an admitted delivery becomes an event with its signature and its time of arrival. The documented bodies have no type, and the bare path
// names no event.
TEST_P(Quarantine, AnAdmittedDeliveryIsRecordedWithItsSignatureAndTimeOfArrival) {
  start();
  const std::string body = sample("association-delete.json");
  ASSERT_EQ(post(body).status, 202);
  now_beside(GetParam());
  EXPECT_THAT(quarantine({"list"}).out, AllOf(HasSubstr("event-unknown"), HasSubstr("open")));

  const ToolResult unnamed = quarantine({"admit", "1"});
  EXPECT_EQ(unnamed.end.exit_code, 1);
  EXPECT_THAT(unnamed.error, AllOf(HasSubstr("delivery 1 was not admitted"), HasSubstr("--as")));
  const ToolResult foreseen = quarantine({"admit", "1", "--as", "AssociationDelete", "--dry-run"});
  EXPECT_EQ(foreseen.end.exit_code, 0) << foreseen.error;
  EXPECT_THAT(foreseen.out, HasSubstr("delivery 1 would be admitted: AssociationDelete 67ade73d1119d2ac7ad0c475"));
  EXPECT_EQ(sql("SELECT count(*) FROM events"), "0\n");

  const ToolResult admitted = quarantine({"admit", "1", "--as", "AssociationDelete"});
  EXPECT_EQ(admitted.end.exit_code, 0) << admitted.error;
  EXPECT_THAT(admitted.out, HasSubstr("delivery 1 was admitted as event 1: AssociationDelete 67ade73d1119d2ac7ad0c475"));
  const ToolResult again = quarantine({"admit", "1", "--as", "AssociationUpdate"});
  EXPECT_EQ(again.end.exit_code, 1);
  EXPECT_THAT(again.error, HasSubstr("it is event 1"));

  EXPECT_THAT(quarantine({"list"}).out, HasSubstr("no deliveries"));
  EXPECT_THAT(quarantine({"list", "--all"}).out, HasSubstr("admitted as event 1"));
  EXPECT_EQ(sql("SELECT event, quarantine_id, signature IS NOT NULL, received_at = (SELECT recorded_at FROM quarantined_deliveries),"
                " effective_at = received_at FROM events"),
            "AssociationDelete|1|1|1|1\n");
  EXPECT_EQ(sql("SELECT decision, sequence, decided_at IS NOT NULL FROM quarantined_deliveries"), "admitted|1|1\n");
  EXPECT_EQ(sql("SELECT count(*) FROM deletions"), "1\n");
  if (service_) {
    const HttpResponse event = fetch(service_->port(), "GET", "/v1/events/1");
    EXPECT_THAT(event.body, AllOf(HasSubstr(R"("quarantineId":1)"), HasSubstr(R"("receivedAt":")"), HasSubstr(base64_encode(key_.sign(body)))));
    stop();
  }
  expect_verified();
  EXPECT_EQ(run_ledger({"rebuild", "--database", database_}).end.exit_code, 0);
  expect_verified();
}

TEST_P(Quarantine, AnUnknownTypeIsAdmittedAsWhatTheOperatorSays) {
  start();
  ASSERT_EQ(post(kUnknownType, "/webhooks/highlevel/AssociationDelete").status, 202);
  ASSERT_EQ(post(R"({"type":"AssociationUpdate","id":"b"})").status, 202);
  now_beside(GetParam());
  EXPECT_THAT(quarantine({"admit", "1"}).error, HasSubstr("Name the event with --as."));
  EXPECT_EQ(quarantine({"admit", "1", "--as", "AssociationDelete"}).end.exit_code, 0);
  EXPECT_EQ(sql("SELECT event, association_id, kind_from_path FROM events"), "AssociationDelete|a|1\n");
  const ToolResult unreadable = quarantine({"admit", "2", "--as", "AssociationDelete"});
  EXPECT_EQ(unreadable.end.exit_code, 1);
  EXPECT_THAT(unreadable.error, HasSubstr("[missing-field at /locationId]"));
  if (service_) stop();
  expect_verified();
}

TEST_P(Quarantine, AdmitsAllThatCanBeReadAndNamesTheOthers) {
  start();
  ASSERT_EQ(post(R"({"id":"a","locationId":"L"})").status, 202);
  ASSERT_EQ(post(kUnreadable).status, 202);
  ASSERT_EQ(post(R"({"id":"b","note":"no location"})").status, 202);
  ASSERT_EQ(post(R"({"id":"c","locationId":"L"})").status, 202);
  now_beside(GetParam());
  const std::vector<std::string> command = {"admit", "--all", "--reason", "event-unknown", "--as", "AssociationCreate"};
  std::vector<std::string> dry = command;
  dry.emplace_back("--dry-run");
  const ToolResult foreseen = quarantine(dry);
  EXPECT_THAT(foreseen.out, HasSubstr("2 would be admitted, 1 not admitted"));
  EXPECT_EQ(sql("SELECT count(*) FROM events"), "0\n");

  const ToolResult done = quarantine(command);
  EXPECT_EQ(done.end.exit_code, 1) << "one is left";
  EXPECT_THAT(done.out,
              AllOf(HasSubstr("delivery 1 was admitted as event 1"), HasSubstr("delivery 3 was not admitted"), HasSubstr("missing-field"),
                    HasSubstr("delivery 4 was admitted as event 2"), HasSubstr("2 admitted, 1 not admitted"), Not(HasSubstr("delivery 2"))));
  EXPECT_EQ(sql("SELECT group_concat(association_id, ' ') FROM events"), "a c\n");
}

TEST_P(Quarantine, ADismissedDeliveryIsKeptAndCanStillBeAdmitted) {
  start();
  ASSERT_EQ(post(kUnknownType).status, 200) << "neither the path nor the type suggests an association";
  ASSERT_EQ(post(kUnknownType, "/webhooks/highlevel/AssociationCreate").status, 202);
  now_beside(GetParam());
  EXPECT_EQ(quarantine({"dismiss", "1"}).end.exit_code, 0);
  EXPECT_THAT(quarantine({"list"}).out, HasSubstr("no deliveries"));
  EXPECT_THAT(quarantine({"list", "--all"}).out, HasSubstr("dismissed at 2"));
  EXPECT_EQ(quarantine({"dismiss", "1"}).end.exit_code, 1);
  EXPECT_THAT(quarantine({"show", "1"}).out, HasSubstr("SomethingNew"));
  EXPECT_EQ(quarantine({"admit", "1", "--as", "AssociationCreate"}).end.exit_code, 0);
  EXPECT_EQ(sql("SELECT decision, sequence FROM quarantined_deliveries"), "admitted|1\n");
}

TEST_P(Quarantine, ShowsABodyThatCannotSteerTheTerminal) {
  start();
  const std::string body = "{\"id\":\"a\x1b[2J\",\n\xff";
  ASSERT_EQ(post(body).status, 202);
  now_beside(GetParam());
  EXPECT_THAT(quarantine({"show", "1"}).out, HasSubstr(R"({"id":"a\u001b[2J",\n\ufffd)"));
  EXPECT_EQ(quarantine({"show", "1", "--body"}).out, body);
  const ToolResult missing = quarantine({"show", "2"});
  EXPECT_EQ(missing.end.exit_code, 1);
  EXPECT_THAT(missing.error, HasSubstr("No delivery in quarantine has this id"));
}

TEST_P(Quarantine, ListsInPages) {
  start();
  for (int i = 0; i < 3; ++i) ASSERT_EQ(post("{" + std::to_string(i)).status, 202);
  now_beside(GetParam());
  const std::string first = quarantine({"list", "--limit", "2"}).out;
  EXPECT_THAT(first, AllOf(HasSubstr("\n2 "), HasSubstr("There are more: --after 2\n"), Not(HasSubstr("\n3 "))));
  const std::string second = quarantine({"list", "--limit", "2", "--after", "2"}).out;
  EXPECT_THAT(second, AllOf(testing::StartsWith("3 "), Not(HasSubstr("more"))));
  EXPECT_THAT(quarantine({"list", "--reason", "other & reason"}).out, HasSubstr("no deliveries"));
}

using QuarantineOnce = Quarantine;
INSTANTIATE_TEST_SUITE_P(Beside, QuarantineOnce, testing::Values(Beside::service));

TEST_P(QuarantineOnce, TheControlSocketIsForItsOwnerAloneAndEndsWithTheService) {
  start();
  struct stat found {};
  ASSERT_EQ(::stat(socket_.c_str(), &found), 0);
  EXPECT_TRUE(S_ISSOCK(found.st_mode));
  EXPECT_EQ(found.st_mode & 07777, 0600U);
  stop();
  EXPECT_FALSE(std::filesystem::exists(socket_));
}

TEST_P(QuarantineOnce, TheSocketOfAKilledServiceIsReplaced) {
  start();
  service_->signal(SIGKILL);
  service_->wait();
  service_.reset();
  ASSERT_TRUE(std::filesystem::exists(std::filesystem::symlink_status(socket_)));
  EXPECT_THAT(quarantine({"list"}).out, HasSubstr("no deliveries"));
  start();
  service_->signal(SIGKILL);
  service_->wait();
  service_.reset();
  start();
  EXPECT_THAT(quarantine({"list"}).out, HasSubstr("no deliveries"));
  stop();
}

TEST_P(QuarantineOnce, AFileThatIsNoSocketIsNotReplaced) {
  std::ofstream(socket_) << "precious";
  const ToolResult refused = run_ledger({"serve", "--database", database_, "--create", "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0"});
  EXPECT_EQ(refused.end.exit_code, 1);
  EXPECT_THAT(refused.error, HasSubstr("Cannot listen on"));
  EXPECT_EQ(std::filesystem::file_size(socket_), 8U);
}

TEST_P(QuarantineOnce, ADatabaseWhosePathIsTooLongForASocketIsRefused) {
  const std::filesystem::path folder = directory_.path() / std::string(100, 'd');
  std::filesystem::create_directory(folder);
  const std::string database = folder / "ledger.db";
  const ToolResult refused = run_ledger({"serve", "--database", database, "--create", "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0"});
  EXPECT_EQ(refused.end.exit_code, 4);
  EXPECT_THAT(refused.error, HasSubstr("the path of a Unix socket has at most 107 bytes"));
  EXPECT_EQ(run_ledger({"quarantine", "list", "--database", database}).end.exit_code, 4);
}

TEST_P(QuarantineOnce, ACommandFindsTheServiceByAnyNameOfTheDatabase) {
  start();
  const std::string link = directory_.file("link.db");
  std::filesystem::create_symlink(database_, link);
  EXPECT_EQ(run_ledger({"quarantine", "list", "--database", link}).end.exit_code, 0);
}

TEST_P(QuarantineOnce, WrongUsageExitsWithTwoAndAMissingDatabaseWithFour) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{{"show"},
                                                                                         {"dismiss"},
                                                                                         {"admit"},
                                                                                         {"admit", "--all"},
                                                                                         {"admit", "1", "--reason", "r"},
                                                                                         {"admit", "1", "--all", "--reason", "r"},
                                                                                         {"admit", "1", "--as", "Observed"},
                                                                                         {"show", "0"},
                                                                                         {"list", "--limit", "0"},
                                                                                         {"forget", "1"}}) {
    EXPECT_EQ(quarantine(arguments).end.exit_code, 2) << testing::PrintToString(arguments);
  }
  EXPECT_EQ(run_ledger({"quarantine"}).end.exit_code, 2);
  const ToolResult missing = quarantine({"list"});
  EXPECT_EQ(missing.end.exit_code, 4);
  EXPECT_THAT(missing.error, HasSubstr("there is no such database"));
  EXPECT_FALSE(std::filesystem::exists(database_));
}

// Whatever it interrupts, what the command said was admitted is in the log.
TEST_P(QuarantineOnce, SigtermDuringAdmissionsLosesNone) {
  start();
  for (int i = 0; i < 50; ++i) ASSERT_EQ(post(R"({"locationId":"L","id":"a)" + std::to_string(i) + "\"}").status, 202);
  ToolResult admitted;
  std::thread command([&] { admitted = quarantine({"admit", "--all", "--reason", "event-unknown", "--as", "AssociationCreate"}); });
  EXPECT_TRUE(service_->wait_for_log("\"outcome\":\"admitted\""));
  stop();
  command.join();
  std::size_t promised = 0;
  for (std::size_t at = 0; (at = admitted.out.find("was admitted as event", at)) != std::string::npos; ++at) ++promised;
  EXPECT_LE(promised, static_cast<std::size_t>(std::stoul(sql("SELECT count(*) FROM events")))) << admitted.out << admitted.error;
  expect_verified();
}

}  // namespace
}  // namespace ledger::test::quarantine_test
