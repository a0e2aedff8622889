// Writes answers as JSON. Pages are made of the same pieces as single items.
#include "server/api/render.h"

#include "server/http/json_writer.h"

#include "domain/base64.h"
#include "domain/utf8.h"

namespace ledger::server {
namespace {

// The usual sizes, so that the text of a page is seldom moved while it grows.
constexpr std::size_t kEnvelopeBytes = 256;
constexpr std::size_t kItemBytes = 640;

template <class Tag>
void write_id(JsonWriter& json, std::string_view name, const std::optional<Named<Tag, std::string>>& id) {
  if (id) {
    json.member(name, std::string_view(id->value()));
  } else {
    json.null_member(name);
  }
}

void write_definition(JsonWriter& json, const AssociationKey& key, const Definition& definition) {
  json.member("id", key.id.value());
  json.member("locationId", key.location.value());
  json.nullable("key", definition.key);
  json.nullable("associationType", definition.association_type);
  json.nullable("firstObjectKey", definition.first_object_key);
  json.nullable("firstObjectLabel", definition.first_object_label);
  json.nullable("firstObjectToSecondObjectCardinality", definition.first_to_second_cardinality);
  json.nullable("secondObjectKey", definition.second_object_key);
  json.nullable("secondObjectLabel", definition.second_object_label);
  json.nullable("secondObjectToFirstObjectCardinality", definition.second_to_first_cardinality);
}

void write_association(JsonWriter& json, const Association& association) {
  json.begin_object();
  write_definition(json, association.key, *association.state.definition);
  json.member("status", association.is_deleted() ? "deleted" : "active");
  json.nullable("createdAt", association.state.created_at);
  json.member("updatedAt", association.state.updated_at);
  json.nullable("deletedAt", association.state.deleted_at);
  json.member("lastSequence", association.last_sequence.value());
  json.member("formerLives", association.state.former_lives);
  json.truth_member("inferred", association.state.inferred != 0);
  json.end_object();
}

void write_relation(JsonWriter& json, const ShownRelation& relation) {
  const RelationState& state = relation.state;
  json.begin_object();
  json.member("id", state.key.id.value());
  json.member("locationId", state.key.location.value());
  write_id(json, "associationId", state.relation.association);
  json.nullable("firstObjectKey", state.relation.first_object_key);
  write_id(json, "firstRecordId", state.relation.first_record);
  json.nullable("secondObjectKey", state.relation.second_object_key);
  write_id(json, "secondRecordId", state.relation.second_record);
  json.member("status", name(relation.status));
  json.nullable("createdAt", state.created_at);
  json.member("updatedAt", state.updated_at);
  json.nullable("deletedAt", state.deleted_at);
  json.member("lastSequence", state.last_sequence.value());
  json.member("formerLives", state.former_lives);
  json.end_object();
}

void write_deletion(JsonWriter& json, const Deletion& deletion) {
  json.begin_object();
  write_definition(json, deletion.key, *deletion.life.definition);
  json.nullable("createdAt", deletion.life.created_at);
  json.member("deletedAt", deletion.life.deleted_at);
  json.truth_member("recreated", !deletion.is_last_life);
  json.begin_object("deletedBy");
  json.member("sequence", deletion.life.deleted_by.value());
  json.member("event", name(deletion.deleted_by_kind));
  write_id(json, "webhookId", deletion.webhook_id);
  write_id(json, "traceId", deletion.trace_id);
  json.member("recordedAt", deletion.recorded_at);
  json.end_object();
  json.end_object();
}

void write_signature(JsonWriter& json, const std::optional<Signature>& signature) {
  if (!signature) {
    json.null_member("signature");
    return;
  }
  json.begin_object("signature");
  json.member("scheme", name(signature->scheme));
  json.member("keyId", signature->key_id.value());
  json.member("value", base64_encode(signature->value));
  json.end_object();
}

/// The body as it came. It need not be UTF-8, but this document must be.
void write_body(JsonWriter& json, const std::string& body) {
  if (is_valid_utf8(body)) {
    json.member("body", body);
    json.null_member("bodyBase64");
  } else {
    json.null_member("body");
    json.member("bodyBase64", base64_encode(body));
  }
}

void write_flags(JsonWriter& json, EventFlags flags) {
  json.begin_array("flags");
  for (const EventFlag flag : kEventFlags) {
    if (flags.has(flag)) json.item(name(flag));
  }
  json.end_array();
}

void write_event(JsonWriter& json, const RecordedEvent& event) {
  json.begin_object();
  json.member("sequence", event.sequence.value());
  json.member("event", name(event.kind));
  json.member("locationId", event.association.location.value());
  const bool is_association = event.subject == SubjectKind::association;
  json.member("subject", name(event.subject));
  json.nullable("subjectId", event.subject == SubjectKind::location ? std::nullopt : std::optional(event.association.id.value()));
  json.nullable("associationId", is_association ? std::optional(event.association.id.value()) : std::nullopt);
  write_id(json, "webhookId", event.webhook_id);
  write_id(json, "traceId", event.trace_id);
  json.nullable("occurredAt", event.occurred_at);
  json.member("effectiveAt", event.effective_at);
  json.member("receivedAt", event.received_at);
  json.member("recordedAt", event.recorded_at);
  json.nullable("quarantineId", event.quarantine ? std::optional(event.quarantine->value()) : std::nullopt);
  json.member("source", name(event.delivery.source));
  write_flags(json, event.flags);
  write_body(json, event.delivery.body);
  json.member("bodySha256", to_hex(event.delivery.body_sha256));
  write_signature(json, event.delivery.signature);
  json.end_object();
}

/// Without the braces and the body.
void write_quarantined_members(JsonWriter& json, const QuarantinedDelivery& delivery) {
  json.member("quarantineId", delivery.id.value());
  json.nullable("pathEvent", delivery.path_event ? std::optional(name(*delivery.path_event)) : std::nullopt);
  json.member("reason", delivery.reason);
  json.member("receivedAt", delivery.received_at);
  if (delivery.decision) {
    json.begin_object("decision");
    json.member("status", name(delivery.decision->kind));
    json.member("decidedAt", delivery.decision->decided_at);
    json.nullable("sequence", delivery.decision->sequence ? std::optional(delivery.decision->sequence->value()) : std::nullopt);
    json.end_object();
  } else {
    json.null_member("decision");
  }
  json.member("source", name(delivery.delivery.source));
  json.member("bodyBytes", delivery.body_bytes);
  json.member("bodySha256", to_hex(delivery.delivery.body_sha256));
  write_signature(json, delivery.delivery.signature);
}

void write_quarantined(JsonWriter& json, const QuarantinedDelivery& delivery) {
  json.begin_object();
  write_quarantined_members(json, delivery);
  json.end_object();
}

void write_location(JsonWriter& json, const LocationSummary& location) {
  json.begin_object();
  json.member("locationId", location.location.value());
  json.member("activeAssociations", location.active_associations);
  json.member("deletedAssociations", location.deleted_associations);
  json.member("activeRelations", location.active_relations);
  json.member("deletedRelations", location.deleted_relations);
  json.nullable("installedAt", location.installs.installed_at);
  json.nullable("uninstalledAt", location.installs.uninstalled_at);
  json.member("lastSequence", location.last_sequence.value());
  json.member("lastRecordedAt", location.last_recorded_at);
  json.end_object();
}

template <class Item>
void write_array(JsonWriter& json, std::string_view name, const std::vector<Item>& items, void (*write)(JsonWriter&, const Item&)) {
  json.begin_array(name);
  for (const Item& item : items) write(json, item);
  json.end_array();
}

template <class Item>
std::string render_page(const LocationId& location, Sequence as_of, std::string_view name, const std::vector<Item>& items,
                        void (*write)(JsonWriter&, const Item&), const std::optional<std::string>& next_cursor) {
  JsonWriter json(kEnvelopeBytes + items.size() * kItemBytes);
  json.begin_object();
  json.member("locationId", location.value());
  json.member("asOfSequence", as_of.value());
  write_array(json, name, items, write);
  json.nullable("nextCursor", next_cursor);
  json.end_object();
  return json.take();
}

}  // namespace

std::string render(const LocationQuery& /*query*/, const LocationPage& page, const std::optional<std::string>& next_cursor) {
  JsonWriter json;
  json.begin_object();
  write_array(json, "locations", page.locations, write_location);
  json.nullable("nextCursor", next_cursor);
  json.end_object();
  return json.take();
}

std::string render(const AssociationQuery& query, const AssociationPage& page, const std::optional<std::string>& next_cursor) {
  return render_page(query.location, page.as_of, "associations", page.associations, write_association, next_cursor);
}

std::string render(const RelationQuery& query, const RelationPage& page, const std::optional<std::string>& next_cursor) {
  return render_page(query.location, page.as_of, "relations", page.relations, write_relation, next_cursor);
}

std::string render(const DeletionQuery& query, const DeletionPage& page, const std::optional<std::string>& next_cursor) {
  return render_page(query.location, page.as_of, "deletions", page.deletions, write_deletion, next_cursor);
}

std::string render(const HistoryQuery& query, const EventPage& page, const std::optional<std::string>& next_cursor) {
  JsonWriter json;
  json.begin_object();
  json.member("locationId", query.association.location.value());
  json.member(query.subject == SubjectKind::association ? "associationId" : "relationId", query.association.id.value());
  json.member("asOfSequence", page.last_sequence.value());
  write_array(json, "events", page.events, write_event);
  json.nullable("nextCursor", next_cursor);
  json.end_object();
  return json.take();
}

std::string render_log(const EventPage& page) {
  JsonWriter json;
  json.begin_object();
  write_array(json, "events", page.events, write_event);
  json.member("lastSequence", page.last_sequence.value());
  json.end_object();
  return json.take();
}

std::string render(const ShownRelation& relation) {
  JsonWriter json;
  write_relation(json, relation);
  return json.take();
}

std::string render(const Association& association) {
  JsonWriter json;
  write_association(json, association);
  return json.take();
}

std::string render(const RecordedEvent& event) {
  JsonWriter json;
  write_event(json, event);
  return json.take();
}

std::string render(const QuarantinePage& page) {
  JsonWriter json;
  json.begin_object();
  write_array(json, "deliveries", page.deliveries, write_quarantined);
  json.nullable("nextAfter", page.next ? std::optional(page.next->value()) : std::nullopt);
  json.end_object();
  return json.take();
}

std::string render(const QuarantinedDelivery& delivery) {
  JsonWriter json;
  json.begin_object();
  write_quarantined_members(json, delivery);
  write_body(json, delivery.delivery.body);
  json.end_object();
  return json.take();
}

std::string render_admission(const Admission& admission, const DecodedEvent& decoded, const Appended& appended) {
  JsonWriter json;
  json.begin_object();
  json.member("quarantineId", admission.quarantine.value());
  json.member("status", appended.status == Appended::Status::recorded ? "admitted" : "duplicate");
  json.member("event", name(decoded.kind));
  json.member("locationId", decoded.association.location.value());
  json.member("subjectId", decoded.association.id.value());
  json.member("sequence", appended.sequence.value());
  write_flags(json, appended.flags);
  json.truth_member("dryRun", admission.mode == Admission::Mode::dry_run);
  json.end_object();
  return json.take();
}

std::string render_dismissed(QuarantineId id) {
  JsonWriter json;
  json.begin_object();
  json.member("quarantineId", id.value());
  json.member("status", "dismissed");
  json.end_object();
  return json.take();
}

std::string render(const Appended& appended) {
  JsonWriter json;
  json.begin_object();
  json.member("status", appended.status == Appended::Status::recorded ? "recorded" : "duplicate");
  json.member("sequence", appended.sequence.value());
  json.end_object();
  return json.take();
}

std::string render_ignored(std::string_view event) {
  JsonWriter json;
  json.begin_object();
  json.member("status", "ignored");
  json.member("event", event);
  json.end_object();
  return json.take();
}

std::string render_quarantined(QuarantineId id, std::string_view reason) {
  JsonWriter json;
  json.begin_object();
  json.member("status", "quarantined");
  json.member("quarantineId", id.value());
  json.member("reason", reason);
  json.end_object();
  return json.take();
}

}  // namespace ledger::server
