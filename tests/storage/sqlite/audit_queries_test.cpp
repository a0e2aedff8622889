// docs/audit.md tells the truth: each query that it prints answers what it prints, and each view is described column by column.
#include "domain/highlevel_keys.h"
#include "domain/signature_policy.h"
#include "domain/webhook_decoder.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/group_committer.h"
#include "storage/sqlite/reader.h"
#include "tests/storage/sqlite/audit_data_set.h"
#include "tests/support/fake_clock.h"
#include "tests/support/generators.h"
#include "tests/support/recording_log.h"
#include "tests/support/temp_directory.h"

#include <SQLiteCpp/Statement.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <map>
#include <set>
#include <thread>

namespace ledger::storage::audit_queries_test {
namespace {

using test::Arrival;
using test::kArrivals;
using test::kUndecoded;
using test::Says;
using test::SignedBy;
using test::Undecoded;

std::string json_of(const Says& says) {
  const std::pair<const char*, const char*> members[] = {{"type", says.type},
                                                         {"locationId", says.location},
                                                         {"id", says.id},
                                                         {"key", says.key},
                                                         {"firstObjectLabel", says.first},
                                                         {"secondObjectLabel", says.second},
                                                         {"firstObjectKey", says.first_object},
                                                         {"secondObjectKey", says.second_object},
                                                         {"timestamp", says.at},
                                                         {"webhookId", says.webhook},
                                                         {"traceId", says.trace}};
  std::string body;
  for (const auto& [name, value] : members) {
    if (*value != '\0') body += (body.empty() ? "{\"" : ",\"") + std::string(name) + "\":\"" + value + "\"";
  }
  return body + "}";
}

/// One printed query with the answer printed below it.
struct Question {
  std::string heading;
  std::string query;
  std::string answer;
};

std::vector<std::string> read_lines(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

std::vector<Question> read_questions() {
  std::vector<Question> questions;
  std::string heading;
  std::string* block = nullptr;
  std::string other;
  for (const std::string& line : read_lines(LEDGER_AUDIT_DOCUMENT)) {
    if (block != nullptr) {
      if (line == "```") {
        block = nullptr;
      } else {
        *block += line + "\n";
      }
    } else if (line == "```sql") {
      block = &questions.emplace_back(Question{heading, "", ""}).query;
    } else if (line == "```text" && !questions.empty() && questions.back().answer.empty()) {
      block = &questions.back().answer;
    } else if (line.starts_with("```")) {
      other.clear();
      block = &other;
    } else if (line.starts_with("#")) {
      heading = line;
    }
  }
  return questions;
}

using Rows = std::vector<std::vector<std::string>>;

/// The names of the columns, then the rows.
Rows ask(SQLite::Database& database, const std::string& query) {
  SQLite::Statement statement(database, query);
  Rows rows(1);
  for (int i = 0; i < statement.getColumnCount(); ++i) rows[0].emplace_back(statement.getColumnName(i));
  while (statement.executeStep()) {
    auto& row = rows.emplace_back();
    for (int i = 0; i < statement.getColumnCount(); ++i) row.push_back(statement.getColumn(i).getString());
  }
  return rows;
}

/// As `sqlite3 -header -column` prints it, without blanks at the ends of lines.
std::string as_printed(const Rows& rows) {
  std::vector<std::size_t> widths(rows[0].size(), 0);
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::vector<std::string> rule;
  rule.reserve(widths.size());
  for (const std::size_t width : widths) rule.emplace_back(width, '-');
  Rows all = rows;
  all.insert(all.begin() + 1, rule);
  std::string text;
  for (const auto& row : all) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) line += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

class AuditQueriesTest : public testing::Test {
 protected:
  GroupCommitter::Options committing() const { return {options_, {}, 0}; }

  Delivery delivery(const std::string& body, SignedBy signed_by) const {
    Delivery made;
    made.body = body;
    made.body_sha256 = sha256(body);
    // Storage keeps what the gate has let through, so the bytes of the signature do not matter here; the id of the key is the real one.
    if (signed_by == SignedBy::highlevel) made.signature = Signature{SignatureScheme::ed25519, key_id_, std::string(64, 's')};
    return made;
  }

  Ticket ticket(const Arrival& arrival) const {
    NewEvent event = test::new_event(json_of(arrival.says), event_kind(arrival.path));
    event.delivery = delivery(event.delivery.body, arrival.signed_by);
    return AppendTicket{std::move(event), [](const Result<Appended>&) {}};
  }

  void commit(GroupCommitter& committer, const char* recorded_at, Ticket ticket) {
    clock_.set(parse_rfc3339(recorded_at).value());
    committer.commit({&ticket, 1});
  }

  void fill() {
    GroupCommitter committer(committing(), clock_, log_);
    for (const Arrival& arrival : kArrivals) commit(committer, arrival.recorded_at, ticket(arrival));
    for (const Undecoded& undecoded : kUndecoded) {
      const Decoding decoding = decode_webhook(undecoded.body, event_kind(undecoded.path));
      NewQuarantine kept;
      kept.delivery = delivery(undecoded.body, SignedBy::highlevel);
      kept.path_event = event_kind(undecoded.path);
      kept.reason = std::get<Undecodable>(decoding).issues.front().reason;
      commit(committer, undecoded.recorded_at, QuarantineTicket{std::move(kept), [](const Result<QuarantineId>&) {}});
    }
  }

  /// As `sqlite3 -readonly` does it: none of the settings that this project makes on its own connections.
  SQLite::Database open_as_auditor() const { return {options_.path, SQLite::OPEN_READONLY}; }

  test::TempDirectory directory_;
  ConnectionOptions options_{directory_.file("ledger.db"), "", 1000};
  test::FakeClock clock_;
  test::RecordingLog log_;
  KeyId key_id_ = PublicKey::from_pem(highlevel_ed25519_pem()).value().id();
};

TEST_F(AuditQueriesTest, EveryPrintedQueryAnswersWhatIsPrintedBelowIt) {
  fill();
  SQLite::Database auditor = open_as_auditor();
  const std::vector<Question> questions = read_questions();
  EXPECT_GE(questions.size(), 10U);
  for (const Question& question : questions) {
    SCOPED_TRACE(question.heading);
    EXPECT_EQ(question.query.find(';'), question.query.size() - 2) << "a block is one statement";
    Rows rows;
    ASSERT_NO_THROW(rows = ask(auditor, question.query));
    EXPECT_GE(rows.size(), 2U) << "a query that finds nothing teaches nothing";
    EXPECT_EQ(as_printed(rows), question.answer);
  }
}

TEST_F(AuditQueriesTest, EveryViewIsDocumentedColumnByColumn) {
  const GroupCommitter committer(committing(), clock_, log_);
  SQLite::Database auditor = open_as_auditor();
  std::map<std::string, std::vector<std::string>> documented;
  std::string view;
  for (const std::string& line : read_lines(LEDGER_AUDIT_DOCUMENT)) {
    if (line.starts_with("#")) view = line.starts_with("### `") ? line.substr(5, line.size() - 6) : "";
    if (view.empty() || !line.starts_with("| `")) continue;
    // "| `one`, `another` | what both mean |"
    const std::string names = line.substr(0, line.find('|', 1));
    for (std::size_t begin = 0; (begin = names.find('`', begin)) != std::string::npos;) {
      const std::size_t end = names.find('`', begin + 1);
      documented[view].push_back(names.substr(begin + 1, end - begin - 1));
      begin = end + 1;
    }
  }
  std::map<std::string, std::vector<std::string>> existing;
  const Rows columns = ask(auditor, "SELECT v.name, c.name FROM sqlite_schema v, pragma_table_info(v.name) c WHERE v.type = 'view'");
  for (std::size_t i = 1; i < columns.size(); ++i) existing[columns[i][0]].push_back(columns[i][1]);
  EXPECT_FALSE(existing.empty());
  EXPECT_EQ(documented, existing);
}

// Otherwise an auditor of one location waits for the events of all others.
TEST_F(AuditQueriesTest, AQuestionAboutOneLocationLooksThroughNoTable) {
  const GroupCommitter committer(committing(), clock_, log_);
  SQLite::Database auditor = open_as_auditor();
  for (const std::string view :
       {"events", "associations", "relations", "locations", "deletions", "label_history", "conflicts", "recreated_associations"}) {
    std::set<std::string> made;  // Results of a subquery. They are as small as what it reads.
    for (const auto& row : ask(auditor, "EXPLAIN QUERY PLAN SELECT * FROM " + view + " WHERE location_id = 'L'")) {
      const std::string& step = row[3];
      for (const std::string_view maker : {"MATERIALIZE ", "CO-ROUTINE "}) {
        if (step.starts_with(maker)) made.insert("SCAN " + step.substr(maker.size()));
      }
      EXPECT_TRUE(!step.starts_with("SCAN ") || made.contains(step)) << view << ": " << step;
    }
  }
}

TEST_F(AuditQueriesTest, EveryFlagHasItsColumnAndItsMeaning) {
  fill();
  SQLite::Database vandal(options_.path, SQLite::OPEN_READWRITE);
  trust_to_append(vandal);  // Without guards.
  const std::vector<std::string> lines = read_lines(LEDGER_AUDIT_DOCUMENT);
  for (const EventFlag flag : kEventFlags) {
    const std::string column(name(flag));
    vandal.exec("UPDATE event SET flags = iif(sequence = 3, " + std::to_string(static_cast<std::uint32_t>(flag)) + ", 0)");
    EXPECT_EQ(ask(vandal, "SELECT sequence FROM events WHERE " + column), (Rows{{"sequence"}, {"3"}})) << column;
    const auto meaning = [&](const std::string& line) { return line.starts_with("| `" + column + "` | ") && !line.ends_with("| flag |"); };
    EXPECT_TRUE(std::any_of(lines.begin(), lines.end(), meaning)) << column;
  }
}

TEST_F(AuditQueriesTest, MomentsInViewsAreWrittenAsTheDomainWritesThem) {
  const std::uint64_t seed = test::test_seed();
  SCOPED_TRACE("LEDGER_TEST_SEED=" + std::to_string(seed));
  test::Random random(seed);
  std::vector<Timestamp> moments = {parse_rfc3339("0001-01-01T00:00:00.000Z").value(), parse_rfc3339("1969-12-31T23:59:59.999Z").value(),
                                    parse_rfc3339("1970-01-01T00:00:00.001Z").value(), parse_rfc3339("9999-12-31T23:59:59.999Z").value()};
  for (int i = 0; i < 2000; ++i) moments.emplace_back(std::chrono::milliseconds(random.below(4'102'444'800'000)));  // to 2100
  clock_.advance(parse_rfc3339("9999-12-31T00:00:00.000Z").value() - clock_.now());  // So that every timestamp is believed.

  GroupCommitter committer(committing(), clock_, log_);
  std::vector<Ticket> tickets;
  for (std::size_t i = 0; i < moments.size(); ++i) {
    const std::string id = std::to_string(i);
    const std::string at = format_rfc3339(moments[i]);
    tickets.push_back(ticket({"", {test::kDelete, test::kAgency, id.c_str(), "", "", "", "", "", at.c_str()}}));
  }
  committer.commit(tickets);
  SQLite::Database auditor = open_as_auditor();
  const Rows rows = ask(auditor,
                        "SELECT e.occurred_at, e.effective_at, a.updated_at, d.deleted_at, e.recorded_at, l.last_recorded_at FROM events e"
                        " JOIN associations a USING (location_id, association_id) JOIN deletions d USING (location_id, association_id)"
                        " JOIN locations l USING (location_id) ORDER BY e.sequence");
  ASSERT_EQ(rows.size(), moments.size() + 1);
  const std::string now = format_rfc3339(clock_.now());
  for (std::size_t i = 0; i < moments.size(); ++i) {
    const std::string at = format_rfc3339(moments[i]);
    EXPECT_EQ(rows[i + 1], (std::vector<std::string>{at, at, at, at, now, now}));
  }
}

TEST_F(AuditQueriesTest, LabelHistoryEndsWithTheLabelsOfTheFold) {
  fill();
  SQLite::Database auditor = open_as_auditor();
  const Rows last = ask(auditor,
                        "SELECT location_id, association_id, first_object_label, second_object_label FROM (SELECT *, max(place) OVER"
                        " (PARTITION BY location_id, association_id) AS places"
                        " FROM label_history) WHERE place = places ORDER BY 1, 2");
  EXPECT_GT(last.size(), 9U);
  EXPECT_EQ(last, ask(auditor, "SELECT location_id, association_id, first_object_label, second_object_label FROM associations ORDER BY 1, 2"));
}

/// The document says that this query and asOf name the same associations: here for each location, after each delivery.
TEST_F(AuditQueriesTest, TheRecordedPastIsThatOfAsOf) {
  fill();
  const std::vector<Question> questions = read_questions();
  const auto known =
      std::find_if(questions.begin(), questions.end(), [](const Question& q) { return q.heading.ends_with("as the ledger knew it then?"); });
  ASSERT_NE(known, questions.end());
  SQLite::Database auditor = open_as_auditor();
  Reader reader(options_, 60'000, log_);
  std::size_t compared = 0;
  for (const char* location : {test::kAgency, test::kClinic, test::kWorkshop}) {
    for (const Arrival& arrival : kArrivals) {
      std::string query = known->query;
      query.replace(query.find(test::kAgency), std::string_view(test::kAgency).size(), location);
      const std::size_t moment = query.find("'2026-") + 1;
      query.replace(moment, 24, arrival.recorded_at);
      std::vector<std::string> found;
      for (const auto& row : ask(auditor, query)) found.push_back(row[0]);
      std::vector<std::string> expected = {"association_id"};
      AssociationQuery as_of;
      as_of.location = LocationId(location);
      as_of.as_of = parse_rfc3339(arrival.recorded_at).value();
      for (const Association& association : reader.list_associations(as_of).value().associations) expected.push_back(association.key.id.value());
      EXPECT_EQ(found, expected) << query;
      compared += expected.size() - 1;
    }
  }
  EXPECT_GT(compared, 0U);
}

TEST_F(AuditQueriesTest, AnAuditorReadsWhileTheLedgerGoesOn) {
  GroupCommitter committer(committing(), clock_, log_);
  const auto record = [&](int i) {
    const std::string id = std::to_string(i);
    commit(committer, "2026-11-23T12:00:00.000Z", ticket({"", {test::kDelete, test::kAgency, id.c_str()}}));
  };
  record(0);
  SQLite::Database auditor = open_as_auditor();
  const auto seen = [&auditor] { return auditor.execAndGet("SELECT count(*) FROM deletions").getInt(); };
  auditor.exec("BEGIN");
  EXPECT_EQ(seen(), 1);
  record(1);
  EXPECT_EQ(seen(), 1) << "one transaction sees one prefix";
  auditor.exec("COMMIT");
  EXPECT_EQ(seen(), 2);

  constexpr int kAll = 200;
  std::atomic<bool> finished = false;
  std::jthread writer([&] {
    for (int i = 2; i < kAll; ++i) record(i);
    finished = true;
  });
  for (int last = 2; !finished;) {
    const int now = seen();
    ASSERT_GE(now, last);
    last = now;
  }
  EXPECT_EQ(seen(), kAll);
  EXPECT_EQ(committer.last_sequence(), Sequence(kAll));
  EXPECT_EQ(committer.state(), GroupCommitter::State::healthy);
}

}  // namespace
}  // namespace ledger::storage::audit_queries_test
