// A small ledger to verify, and the means to damage it.
#pragma once

#include "storage/sqlite/group_committer.h"
#include "storage/sqlite/verify.h"
#include "tests/support/fake_clock.h"
#include "tests/support/generators.h"
#include "tests/support/recording_log.h"
#include "tests/support/signing_key.h"
#include "tests/support/temp_directory.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace ledger::storage::verify_fixture {

inline const Progress kNoProgress = [](std::int64_t, std::int64_t) {};

/// Two signed events of association a of location L, one unsigned one of b, one quarantined delivery.
class VerifyTest : public testing::Test {
 protected:
  VerifyTest() {
    keys_.push_back(PublicKey::from_pem(signing_key_.public_pem()).value());
    GroupCommitter committer({options_, {}, 0}, clock_, log_);
    NewEvent unsigned_event = test::new_event(R"({"type":"AssociationCreate","locationId":"L","id":"b"})", std::nullopt);
    NewQuarantine undecodable;
    undecodable.delivery = vouched_for("{");
    undecodable.reason = "malformed-json";
    std::vector<Ticket> group;
    group.emplace_back(ticket(vouched_for_event(R"({"type":"AssociationCreate","locationId":"L","id":"a","webhookId":"w1","traceId":"t1"})")));
    group.emplace_back(ticket(vouched_for_event(R"({"type":"AssociationDelete","locationId":"L","id":"a","timestamp":"2026-11-07T12:00:00Z"})")));
    group.emplace_back(ticket(std::move(unsigned_event)));
    group.emplace_back(QuarantineTicket{std::move(undecodable), [](const Result<QuarantineId>&) {}});
    committer.commit(group);
  }

  static Ticket ticket(NewEvent event) {
    return AppendTicket{std::move(event), [](const Result<Appended>&) {}};
  }
  Delivery vouched_for(const std::string& body) {
    Delivery delivery;
    delivery.body = body;
    delivery.body_sha256 = sha256(body);
    delivery.signature = Signature{SignatureScheme::ed25519, keys_.front().id(), signing_key_.sign(body)};
    return delivery;
  }
  NewEvent vouched_for_event(const std::string& body) {
    NewEvent event = test::new_event(body, std::nullopt);
    event.delivery = vouched_for(body);
    return event;
  }

  /// Somebody with a text editor for SQLite files: guards do not stop whoever drops them.
  void tamper(const std::string& statement) {
    SQLite::Database vandal(options_.path, SQLite::OPEN_READWRITE);
    vandal.exec("DROP TRIGGER event_is_not_updated; DROP TRIGGER event_is_not_deleted; DROP TRIGGER quarantine_is_not_updated");
    vandal.exec(statement);
  }
  /// A copy of the database, which replaces the last one.
  std::string copy() {
    std::string path = directory_.file("copy.db");
    std::filesystem::remove(path);
    SQLite::Database(options_.path, SQLite::OPEN_READWRITE).exec("VACUUM INTO '" + path + "'");
    return path;
  }
  VerifyReport run() { return verify(options_.path, keys_, kNoProgress).value(); }

  test::TempDirectory directory_;
  ConnectionOptions options_{directory_.file("ledger.db"), "", 100};
  test::FakeClock clock_;
  test::RecordingLog log_;
  test::SigningKey signing_key_ = test::SigningKey::ed25519();
  std::vector<PublicKey> keys_;
};

}  // namespace ledger::storage::verify_fixture
