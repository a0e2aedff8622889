// Checks a database: the log has no gaps, its bodies have the recorded hashes and signatures, and the state is the fold of the log.
#include "storage/sqlite/verify.h"

#include "domain/webhook_decoder.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/location_totals.h"
#include "storage/sqlite/migrations.h"
#include "storage/sqlite/relation_table.h"
#include "storage/sqlite/sqlite_error.h"
#include "storage/sqlite/state_reader.h"
#include "storage/sqlite/stored_fold.h"

#include <SQLiteCpp/Transaction.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>

namespace ledger::storage {
namespace {

constexpr std::int64_t kProgressEvery = 1000;

/// Thrown at the first divergence; caught in verify_snapshot().
struct Divergence {
  std::string what;
};

[[noreturn]] void diverges(const std::string& where, std::string_view what) {
  throw Divergence{where + ": " + std::string(what)};
}

/// The value that `read` makes of a row. If no release of this schema writes such a row, the divergence begins with `where`.
template <class Read>
auto readable(const std::string& where, Read read) {
  try {
    return read();
  } catch (const SQLite::Exception&) {
    throw;
  } catch (const std::runtime_error& unreadable) {
    throw Divergence{where + unreadable.what()};
  }
}

/// Compares the columns of a stored event with its body.
std::optional<std::string_view> contradiction(const RecordedEvent& event) {
  const std::string& body = event.delivery.body;
  const Decoding decoding = event.quarantine ? decode_admitted(body, event.kind) : decode_webhook(body, event.kind);
  const auto* decoded = std::get_if<DecodedEvent>(&decoding);
  if (decoded == nullptr) return "its body cannot be decoded";
  if (decoded->kind != event.kind) return "its body says that it is another event";
  const bool is_its_own_subject = !event.flags.has(EventFlag::kind_conflict);
  if (is_its_own_subject && (subject_kind(event.kind) != event.subject || decoded->association != event.association)) {
    return "its body speaks of another subject";
  }
  if (decoded->webhook_id != event.webhook_id) return "its webhook id is not the body's";
  if (decoded->trace_id != event.trace_id) return "its trace id is not the body's";
  if (decoded->occurred_at != event.occurred_at) return "its time is not the body's timestamp";
  const bool is_its_own = is_dated(event.occurred_at, event.flags);
  if (event.effective_at != (is_its_own ? event.occurred_at : event.received_at)) return "its effective time does not follow from it";
  return std::nullopt;
}

/// The rows of the table `deletion`.
class StoredDeletions {
 public:
  StoredDeletions(SQLite::Database& database, StateReader& definitions)
      : definitions_(definitions),
        select_(database,
                "SELECT subject_ref, definition_ref, created_at FROM deletion WHERE location_ref = ? AND deleted_at = ? AND deleted_by = ?") {}

  [[nodiscard]] bool has(LocationRef location, SubjectRef association, const EndedLife& life) {
    Query row(select_);
    row.bind(location.value()).bind(to_column(life.deleted_at)).bind(life.deleted_by.value());
    return row.next() && SubjectRef(row.integer(0)) == association && definitions_.definition(DefinitionRef(row.integer(1))) == life.definition &&
           to_timestamp(row.optional_integer(2)) == life.created_at;
  }

 private:
  StateReader& definitions_;
  SQLite::Statement select_;
};

/// Compares rows of association_state and deletion with what was folded.
class AssociationCheck {
 public:
  explicit AssociationCheck(SQLite::Database& database)
      : states_(database),
        deletions_(database, states_),
        select_(database, std::string("SELECT ") + kStateColumns + " FROM association_state t WHERE t.subject_ref = ?") {}

  void check(const std::string& where, LocationRef location, const FoldOfAll::Folded& folded) {
    const FoldedAssociation& expected = folded.folded.association;
    {
      Query row(select_);
      row.bind(folded.ref.value());
      if (!row.next()) diverges(where, "it has events and no state");
      const Association state = readable(where + ": ", [&] { return states_.read(row, 0, {}); });
      if (state != expected.association) diverges(where, "its state is not the fold of its events");
    }
    for (const EndedLife& life : expected.former_lives) check(where, location, folded.ref, life);
    if (const auto end = present_end(expected.association)) check(where, location, folded.ref, *end);
  }

  [[nodiscard]] std::int64_t ended_lives() const noexcept { return ended_lives_; }

 private:
  void check(const std::string& where, LocationRef location, SubjectRef association, const EndedLife& life) {
    if (!readable(where + ": ", [&] { return deletions_.has(location, association, life); })) {
      diverges(where, "its deletions are not those of its events");
    }
    ++ended_lives_;
  }

  StateReader states_;
  StoredDeletions deletions_;
  SQLite::Statement select_;
  std::int64_t ended_lives_ = 0;
};

/// Compares rows of relation_state with what was folded.
class RelationCheck {
 public:
  explicit RelationCheck(SQLite::Database& database)
      : select_(database, std::string("SELECT t.location_ref, ") + kRelationColumns + " FROM relation_state t WHERE t.subject_ref = ?") {}

  void check(const std::string& where, LocationRef location, const FoldOfAll::Folded& folded) {
    Query row(select_);
    row.bind(folded.ref.value());
    if (!row.next()) diverges(where, "it has events and no state");
    const RelationState state = readable(where + ": ", [&] { return read_relation(row, 1, {}); });
    if (state != folded.folded.relation || LocationRef(row.integer(0)) != location) diverges(where, "its state is not the fold of its events");
  }

 private:
  SQLite::Statement select_;
};

/// Whether nothing can be made beside the file, and it is complete without that: a cleanly stopped database on a read-only medium.
bool is_at_rest_on_read_only_medium(const std::string& path) {
  std::error_code unseen;
  const std::filesystem::path file = std::filesystem::canonical(path, unseen);
  const std::string log = file.string() + "-wal";
  const bool has_log = std::filesystem::exists(log, unseen);
  if (has_log && (std::filesystem::exists(file.string() + "-shm", unseen) || std::filesystem::file_size(log, unseen) > 0)) return false;
  return ::faccessat(AT_FDCWD, file.parent_path().c_str(), W_OK, AT_EACCESS) != 0;
}

/// One run over one snapshot.
class Verification {
 public:
  Verification(SQLite::Database& database, std::span<const PublicKey> keys, const Progress& progress, const Unproven& unproven)
      : database_(database), keys_(keys), progress_(progress), unproven_(unproven) {}

  void run(VerifyReport& report) {
    check_file();
    total_ = count("SELECT count(*) FROM event") + count("SELECT count(*) FROM quarantine") + count("SELECT count(*) FROM subject");
    check_events(report);
    check_quarantine(report);
    check_decisions();
    check_marks();
    check_state(report);
    if (const auto difference = schema_difference(database_, embedded_migrations())) throw Divergence{*difference};
  }

 private:
  std::int64_t count(const char* query) { return database_.execAndGet(query).getInt64(); }

  void advance() {
    if (++done_ % kProgressEvery == 0 || done_ == total_) progress_(done_, total_);
  }

  void check_file() {
    const std::string found = database_.execAndGet("PRAGMA integrity_check(1)").getString();
    if (found != "ok") diverges("file", found);
    SQLite::Statement references(database_, "SELECT \"table\", rowid FROM pragma_foreign_key_check LIMIT 1");
    Query row(references);
    if (row.next()) diverges(row.bytes(0) + " row " + std::to_string(row.integer(1)), "it refers to a row that is not there");
    SQLite::Statement repeated_definitions(
        database_, std::string("SELECT max(definition_ref) FROM definition GROUP BY ") + kDefinitionColumns + " HAVING count(*) > 1 LIMIT 1");
    Query repeated(repeated_definitions);
    if (repeated.next()) diverges("definition row " + std::to_string(repeated.integer(0)), "another row says the same");
  }

  void check_delivery(const std::string& where, const Delivery& delivery, VerifyReport& report) {
    if (sha256(delivery.body) != delivery.body_sha256) diverges(where, "its body does not have the recorded SHA-256");
    if (!delivery.signature) {
      ++report.unsigned_deliveries;
      return;
    }
    const Signature& signature = *delivery.signature;
    const auto key = std::find_if(keys_.begin(), keys_.end(), [&](const PublicKey& known) { return known.id() == signature.key_id; });
    if (key == keys_.end()) {
      ++report.signatures_of_unknown_keys;
      return;
    }
    if (key->scheme() != signature.scheme || !key->verify(delivery.body, signature.value)) {
      diverges(where, "its signature is not that of key " + signature.key_id.value());
    }
    ++report.signatures_verified;
  }

  void check_events(VerifyReport& report) {
    SQLite::Statement select(database_, std::string(kSelectEvent) + " ORDER BY e.sequence");
    Query row(select);
    Timestamp last_recorded_at = Timestamp::min();
    while (row.next()) {
      const RecordedEvent event = readable("", [&row] { return read_event(row); });
      const std::string where = "event " + std::to_string(event.sequence.value());
      if (event.sequence.value() != report.events + 1) diverges(where, "expected sequence " + std::to_string(report.events + 1));
      if (event.recorded_at < last_recorded_at) diverges(where, "it was recorded before the event in front of it");
      const std::int64_t verified_before = report.signatures_verified;
      check_delivery(where, event.delivery, report);
      if (unproven_ && event.delivery.source == Source::webhook && report.signatures_verified == verified_before) {
        unproven_(where + (event.delivery.signature ? " has the signature of another key" : " is unsigned"));
        ++report.unproven_events;
      }
      if (const auto what = contradiction(event)) diverges(where, *what);
      last_recorded_at = event.recorded_at;
      if (event.quarantine) ++admitted_;
      ++report.events;
      advance();
    }
    // The join also misses rows that are in the table.
    if (count("SELECT count(*) FROM event") != report.events) diverges("event", "a row refers to a subject that is not there");
  }

  void check_quarantine(VerifyReport& report) {
    SQLite::Statement select(database_,
                             "SELECT q.quarantine_id, g.scheme, g.key_id, q.signature, q.body_sha256, q.body FROM quarantine q"
                             " LEFT JOIN signing_key g ON g.key_ref = q.key_ref ORDER BY q.quarantine_id");
    Query row(select);
    while (row.next()) {
      const std::string where = "quarantined delivery " + std::to_string(row.integer(0));
      if (row.integer(0) != report.quarantined + 1) diverges(where, "expected id " + std::to_string(report.quarantined + 1));
      Delivery delivery;
      delivery.signature = readable(where + ": ", [&row] { return read_signature(row, 1); });
      delivery.body_sha256 = readable(where + ": ", [&row] { return row.digest(4); });
      delivery.body = row.bytes(5);
      check_delivery(where, delivery, report);
      ++report.quarantined;
      advance();
    }
  }

  /// Each admitted event is the quarantined delivery that it names, and each decision names an event of the same bytes.
  void check_decisions() {
    SQLite::Statement select(database_,
                             "SELECT d.quarantine_id, d.decision, e.sequence, e.quarantine_id IS d.quarantine_id AND e.key_ref IS q.key_ref"
                             " AND e.signature IS q.signature AND e.source = q.source FROM quarantine_decision d"
                             " JOIN quarantine q ON q.quarantine_id = d.quarantine_id"
                             " LEFT JOIN event e ON e.sequence = d.sequence AND e.body_sha256 = q.body_sha256 ORDER BY d.quarantine_id");
    Query row(select);
    while (row.next()) {
      const std::string where = "quarantined delivery " + std::to_string(row.integer(0));
      const std::string decision = row.bytes(1);
      const bool is_event = row.optional_integer(2).has_value();
      if (decision == "admitted" && is_event && row.integer(3) != 0) {
        --admitted_;
      } else if (decision == "admitted" || (decision == "duplicate" && !is_event)) {
        diverges(where, "it is not the event that was made of it");
      }
    }
    if (admitted_ != 0) diverges("quarantine_decision", "an event was admitted without a decision");
  }

  void check_marks() {
    SQLite::Statement select(
        database_,
        "SELECT l.location_id, b.subject_id, k.name FROM stale_subject s JOIN subject b ON b.subject_ref = s.subject_ref"
        " JOIN subject_kind k ON k.kind = b.kind JOIN location l ON l.location_ref = b.location_ref ORDER BY s.subject_ref LIMIT 1");
    Query row(select);
    if (row.next()) diverges(row.bytes(2) + " " + row.bytes(1) + " of location " + row.bytes(0), "it is marked as stale and not repaired yet");
  }

  void check_state(VerifyReport& report) {
    FoldOfAll folds(database_);
    LocationTotals totals;
    Sequence last_first;
    SQLite::Statement select(database_,
                             "SELECT b.subject_ref, b.location_ref, b.kind, l.location_id, b.subject_id FROM subject b"
                             " JOIN location l ON l.location_ref = b.location_ref ORDER BY b.subject_ref");
    AssociationCheck associations(database_);
    RelationCheck relations(database_);
    Query row(select);
    while (row.next()) {
      const SubjectKind kind = readable("subject: ", [&row] { return read_subject_kind(row.integer(2)); });
      const std::string where = std::string(name(kind)) + " " + row.bytes(4) + " of location " + row.bytes(3);
      const FoldOfAll::Folded* const folded = folds.next();
      if (folded == nullptr || folded->ref != SubjectRef(row.integer(0))) diverges(where, "it has no event");
      // Queries about the past depend on this order.
      if (folded->first_sequence < last_first) diverges(where, "it was numbered before a subject that is older");
      last_first = folded->first_sequence;
      const LocationRef location(row.integer(1));
      switch (kind) {
        case SubjectKind::association:
          associations.check(where, location, *folded);
          totals.add(location, folded->folded.association.association);
          ++report.associations;
          break;
        case SubjectKind::relation:
          relations.check(where, location, *folded);
          totals.add(location, folded->folded.relation);
          ++report.relations;
          break;
        case SubjectKind::location: totals.add(location, folded->folded.installs, folded->last_sequence); break;
      }
      advance();
    }
    if (count("SELECT count(*) FROM association_state") != report.associations)
      diverges("association_state", "there is a state without an association");
    if (count("SELECT count(*) FROM relation_state") != report.relations) diverges("relation_state", "there is a state without a relation");
    if (count("SELECT count(*) FROM deletion") != associations.ended_lives()) diverges("deletion", "there is a row that no event explains");
    if (const auto location = totals.difference(database_)) {
      diverges("location_state row " + std::to_string(location->value()), "it does not follow from the subjects of the location");
    }
  }

  SQLite::Database& database_;
  std::span<const PublicKey> keys_;
  const Progress& progress_;
  const Unproven& unproven_;
  std::int64_t total_ = 0;
  std::int64_t done_ = 0;
  std::int64_t admitted_ = 0;  ///< Events of which check_decisions() has not met the decision.
};

}  // namespace

VerifyReport verify_snapshot(SQLite::Database& database, std::span<const PublicKey> keys, const Progress& progress, const Unproven& unproven) {
  VerifyReport report;
  try {
    require_current_schema(database, embedded_migrations());
    const SQLite::Transaction transaction(database);
    Verification(database, keys, progress, unproven).run(report);
  } catch (const Divergence& found) {
    report.divergence = found.what;
  }
  return report;
}

Result<VerifyReport> verify(const std::string& path, std::span<const PublicKey> keys, const Progress& progress, const Unproven& unproven) {
  std::error_code unseen;
  if (!std::filesystem::is_regular_file(path, unseen)) return Error{Errc::not_found, "database-not-found", path + ": there is no such database"};
  try {
    SQLite::Database database = open_reader({.path = path, .immutable = is_at_rest_on_read_only_medium(path)});
    return verify_snapshot(database, keys, progress, unproven);
  } catch (const std::exception& thrown) {
    const SqliteFailure failure = failure_of(thrown);
    if (failure.fault != Fault::corrupt) return opening_error(path, thrown);
    VerifyReport report;
    report.divergence = "file: " + failure.text;
    return report;
  }
}

}  // namespace ledger::storage
