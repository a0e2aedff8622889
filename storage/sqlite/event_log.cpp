// Writes deliveries to the log, inside the writer's transaction.
#include "storage/sqlite/event_log.h"

#include "storage/sqlite/uuid.h"

namespace ledger::storage {
namespace {

/// Some 2 MB with ids of 24 characters.
constexpr std::size_t kLocationsCachedMax = 16'384;

/// The number in the only row of a query; 0, which is never a key, when there is no row.
std::int64_t only_row(Query& query) {
  return query.next() ? query.integer(0) : 0;
}

template <class Id>
void bind_text(Query& query, const std::optional<Id>& id) {
  if (id) {
    query.bind(id->value());
  } else {
    query.bind_null();
  }
}

std::int64_t is_signed(const Delivery& delivery) {
  return delivery.signature ? 1 : 0;
}

void bind_signature(Query& query, std::optional<std::int64_t> key, const Delivery& delivery) {
  query.bind(key);
  if (delivery.signature) {
    query.bind_blob(delivery.signature->value);
  } else {
    query.bind_null();
  }
}

/// The parameters 1 to 4 of the statements that look for recordings.
void bind_bytes(Query& query, const NewEvent& event) {
  query.bind(to_column(event.decoded.occurred_at))
      .bind_blob(event.delivery.body_sha256)
      .bind(static_cast<std::int64_t>(event.decoded.kind))
      .bind(is_signed(event.delivery));
}

}  // namespace

EventFlags EventLog::Recordings::flags() const noexcept {
  EventFlags flags;
  if (as_other_kind) flags.set(EventFlag::kind_conflict);
  if (same_kind) flags.set(EventFlag::repeat);
  return flags;
}

EventLog::EventLog(SQLite::Database& database)
    : database_(database),
      head_(database, "SELECT sequence, recorded_at FROM event ORDER BY sequence DESC LIMIT 1"),
      quarantine_head_(database, "SELECT max(quarantine_id) FROM quarantine"),
      // Both use the index event_by_delivery. "IS" also finds bodies without a timestamp.
      find_same_kind_(database,
                      "SELECT sequence FROM event WHERE occurred_at IS ?1 AND substr(body_sha256, 1, 4) = substr(?2, 1, 4) AND body_sha256 = ?2"
                      " AND kind = ?3 AND (key_ref IS NOT NULL OR NOT ?4) ORDER BY sequence LIMIT 1"),
      find_other_kind_(database,
                       "SELECT 1 FROM event WHERE occurred_at IS ?1 AND substr(body_sha256, 1, 4) = substr(?2, 1, 4) AND body_sha256 = ?2"
                       " AND kind <> ?3 AND (key_ref IS NOT NULL OR NOT ?4) LIMIT 1"),
      find_first_(
          database,
          "SELECT b.location_ref, e.subject_ref, b.kind FROM event e JOIN subject b ON b.subject_ref = e.subject_ref WHERE e.occurred_at IS ?1"
          " AND substr(e.body_sha256, 1, 4) = substr(?2, 1, 4) AND e.body_sha256 = ?2 AND (e.key_ref IS NOT NULL OR NOT ?4)"
          " ORDER BY e.sequence LIMIT 1"),
      is_recording_(database, "SELECT 1 FROM event WHERE sequence = ?5 AND body_sha256 = ?2 AND kind = ?3 AND (key_ref IS NOT NULL OR NOT ?4)"),
      find_location_(database, "SELECT location_ref FROM location WHERE location_id = ?"),
      insert_location_(database, "INSERT INTO location (location_id) VALUES (?)"),
      find_subject_(database, "SELECT subject_ref FROM subject WHERE location_ref = ? AND kind = ? AND subject_id = ?"),
      insert_subject_(database, "INSERT INTO subject (location_ref, kind, subject_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"),
      find_key_(database, "SELECT key_ref FROM signing_key WHERE key_id = ?"),
      insert_key_(database, "INSERT INTO signing_key (key_id, scheme) VALUES (?, ?)"),
      insert_event_(
          database,
          "INSERT INTO event (sequence, kind, subject_ref, effective_at, webhook_id, webhook_uuid, trace_id, occurred_at, recorded_at, source,"
          " flags, key_ref, signature, quarantine_id, body_sha256, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      find_quarantine_(database,
                       "SELECT quarantine_id FROM quarantine WHERE body_sha256 = ? AND path_kind IS ? AND (key_ref IS NOT NULL OR NOT ?)"
                       " ORDER BY quarantine_id LIMIT 1"),
      insert_quarantine_(database,
                         "INSERT INTO quarantine (quarantine_id, path_kind, recorded_at, source, key_ref, signature, body_sha256, body, reason)"
                         " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      locations_(kLocationsCachedMax) {}

LogHead EventLog::read_head() {
  LogHead head;
  Query last(head_);
  if (last.next()) {
    head.sequence = Sequence(last.integer(0));
    head.recorded_at = to_timestamp(last.integer(1));
  }
  Query quarantined(quarantine_head_);
  head.quarantine = QuarantineId(only_row(quarantined));
  return head;
}

EventLog::Recordings EventLog::find_recordings(const NewEvent& event) {
  // The body holds the webhook id and the timestamp, so equal bodies have equal ones.
  Recordings found;
  {
    Query query(find_same_kind_);
    bind_bytes(query, event);
    if (query.next()) found.same_kind = Sequence(query.integer(0));
  }
  if (!found.same_kind && event.decoded.webhook_id) {
    Query query(find_other_kind_);
    bind_bytes(query, event);
    found.as_other_kind = query.next();
  }
  return found;
}

std::optional<Sequence> EventLog::find_duplicate(const NewEvent& event, const Recordings& known, const SubjectState& before) {
  if (!known.same_kind || event.decoded.webhook_id) return known.same_kind;
  // Without a webhook id, only a Delete can be recognised: one that says again what ended the present life. Nothing else is recorded as that.
  const std::optional<Sequence> end = ended_by(before);
  if (!end) return std::nullopt;
  Query query(is_recording_);
  bind_bytes(query, event);
  return query.bind(end->value()).next() ? end : std::nullopt;
}

std::optional<EventLog::Interned> EventLog::first_subject_of(const NewEvent& event) {
  if (!event.decoded.webhook_id || !event.decoded.flags.has(EventFlag::kind_from_path)) return std::nullopt;
  Query query(find_first_);
  bind_bytes(query, event);
  if (!query.next()) return std::nullopt;
  return Interned{LocationRef(query.integer(0)), SubjectRef(query.integer(1)), read_subject_kind(query.integer(2))};
}

EventLog::Interned EventLog::intern(const NewEvent& event) {
  if (const auto first = first_subject_of(event)) return *first;
  const EventKind event_kind = event.decoded.kind;
  const SubjectKind kind = subject_kind(event_kind);
  const std::string& id = event.decoded.association.id.value();
  const LocationRef location = intern(event.decoded.association.location);
  // The subject of a Create is probably new, so its row is inserted before it is looked up.
  if (event_kind != EventKind::association_create && event_kind != EventKind::relation_create) {
    if (const auto known = find(location, kind, id)) return {location, *known, kind};
  }
  if (const auto inserted = insert(location, kind, id)) return {location, *inserted, kind, true};
  return {location, find(location, kind, id).value(), kind};
}

std::optional<EventLog::Interned> EventLog::find(const NewEvent& event) {
  if (const auto first = first_subject_of(event)) return first;
  const SubjectKind kind = subject_kind(event.decoded.kind);
  const auto location = find(event.decoded.association.location);
  const auto subject = location ? find(*location, kind, event.decoded.association.id.value()) : std::nullopt;
  if (!subject) return std::nullopt;
  return Interned{*location, *subject, kind};
}

LocationRef EventLog::intern(const LocationId& id) {
  if (const auto known = find(id)) return *known;
  Query(insert_location_).bind(id.value()).run();
  const LocationRef location(database_.getLastInsertRowid());
  locations_.put(id.value(), location);
  return location;
}

std::optional<LocationRef> EventLog::find(const LocationId& id) {
  if (const LocationRef* known = locations_.find(id.value())) return *known;
  Query find(find_location_);
  const LocationRef location(only_row(find.bind(id.value())));
  if (location.value() == 0) return std::nullopt;
  locations_.put(id.value(), location);
  return location;
}

std::optional<SubjectRef> EventLog::insert(LocationRef location, SubjectKind kind, const std::string& id) {
  Query(insert_subject_).bind(location.value()).bind(static_cast<std::int64_t>(kind)).bind(id).run();
  if (database_.getChanges() == 0) return std::nullopt;
  return SubjectRef(database_.getLastInsertRowid());
}

std::optional<SubjectRef> EventLog::find(LocationRef location, SubjectKind kind, const std::string& id) {
  Query query(find_subject_);
  const std::int64_t found = only_row(query.bind(location.value()).bind(static_cast<std::int64_t>(kind)).bind(id));
  if (found == 0) return std::nullopt;
  return SubjectRef(found);
}

std::optional<std::int64_t> EventLog::key_ref(const std::optional<Signature>& signature) {
  if (!signature) return std::nullopt;
  {
    Query find(find_key_);
    if (const std::int64_t found = only_row(find.bind(signature->key_id.value())); found != 0) return found;
  }
  Query(insert_key_).bind(signature->key_id.value()).bind(static_cast<std::int64_t>(signature->scheme)).run();
  return database_.getLastInsertRowid();
}

void EventLog::append(const NewEvent& event, const Placement& placement, LogHead& head) {
  const DecodedEvent& decoded = event.decoded;
  const Sequence sequence(head.sequence.value() + 1);
  std::optional<std::string> webhook_uuid;
  if (decoded.webhook_id) webhook_uuid = uuid_bytes(decoded.webhook_id->value());
  const std::optional<std::int64_t> key = key_ref(event.delivery.signature);

  Query insert(insert_event_);
  insert.bind(sequence.value()).bind(static_cast<std::int64_t>(decoded.kind)).bind(placement.subject.value()).bind(to_column(placement.effective_at));
  if (webhook_uuid) {
    insert.bind_null();
  } else {
    bind_text(insert, decoded.webhook_id);
  }
  insert.bind_blob(webhook_uuid);
  bind_text(insert, decoded.trace_id);
  insert.bind(to_column(decoded.occurred_at))
      .bind(to_column(placement.recorded_at))
      .bind(static_cast<std::int64_t>(event.delivery.source))
      .bind(std::int64_t{placement.flags.bits()});
  bind_signature(insert, key, event.delivery);
  insert.bind(event.admission ? std::optional(event.admission->quarantine.value()) : std::nullopt);
  insert.bind_blob(event.delivery.body_sha256).bind_blob(event.delivery.body).run();

  head.sequence = sequence;
  head.recorded_at = placement.recorded_at;
}

QuarantineId EventLog::quarantine(const NewQuarantine& delivery, Timestamp now, LogHead& head) {
  std::optional<std::int64_t> path_kind;
  if (delivery.path_event) path_kind = static_cast<std::int64_t>(*delivery.path_event);
  {
    Query find(find_quarantine_);
    if (const std::int64_t found = only_row(find.bind_blob(delivery.delivery.body_sha256).bind(path_kind).bind(is_signed(delivery.delivery)));
        found != 0)
      return QuarantineId(found);
  }
  const QuarantineId id(head.quarantine.value() + 1);
  const std::optional<std::int64_t> key = key_ref(delivery.delivery.signature);
  Query insert(insert_quarantine_);
  insert.bind(id.value()).bind(path_kind).bind(to_column(now)).bind(static_cast<std::int64_t>(delivery.delivery.source));
  bind_signature(insert, key, delivery.delivery);
  insert.bind_blob(delivery.delivery.body_sha256).bind_blob(delivery.delivery.body).bind(delivery.reason).run();
  head.quarantine = id;
  return id;
}

}  // namespace ledger::storage
