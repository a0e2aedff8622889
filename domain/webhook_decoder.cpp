// Finds out which event a body is, and reads the fields that this kind of event has.
#include "domain/webhook_decoder.h"

#include "domain/event_type.h"
#include "domain/json_object_reader.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace ledger {
namespace {

/// The fields that some kind of event uses. The values are indices of kFieldNames.
enum class Field : std::size_t {
  type,
  id,
  location_id,
  timestamp,
  webhook_id,
  trace_id,
  key,
  association_type,
  first_object_key,
  first_object_label,
  first_to_second_cardinality,
  second_object_key,
  second_object_label,
  second_to_first_cardinality,
  first_record_id,
  second_record_id,
  association_id,
};
constexpr std::array<std::string_view, 17> kFieldNames = {
    "type",
    "id",
    "locationId",
    "timestamp",
    "webhookId",
    "traceId",
    "key",
    "associationType",
    "firstObjectKey",
    "firstObjectLabel",
    "firstObjectToSecondObjectCardinality",
    "secondObjectKey",
    "secondObjectLabel",
    "secondObjectToFirstObjectCardinality",
    "firstRecordId",
    "secondRecordId",
    "associationId",
};

std::string_view name_of(Field field) noexcept {
  return kFieldNames[static_cast<std::size_t>(field)];
}

DecodeIssue issue_at(Field field, Error fault) {
  return {"/" + std::string(name_of(field)), fault.reason, std::move(fault.detail)};
}

Error field_fault(std::string_view reason, std::string detail) {
  return {Errc::invalid_request, reason, std::move(detail)};
}

std::optional<Error> fault_of_id(std::string_view text) {
  const std::optional<IdFault> fault = id_fault(text);
  if (fault == IdFault::length) return field_fault("invalid-id", "The value does not have 1 to " + std::to_string(kIdBytesMax) + " bytes.");
  if (fault == IdFault::control_character) return field_fault("invalid-character", "The value contains a control character.");
  return std::nullopt;
}

/// The fields of one body. Reading an optional field that is faulty gives nullopt and is remembered by has_unread().
class FieldReader {
 public:
  explicit FieldReader(std::string_view body) {
    JsonObjectReader reader(body);
    while (const auto member = reader.next()) add(*member);
    fault_ = reader.fault();
    if (fault_) slots_ = {};
  }

  /// Why the body has no fields, if it is not an object.
  [[nodiscard]] const std::optional<Error>& fault() const noexcept { return fault_; }
  [[nodiscard]] bool has_unread() const noexcept { return has_unread_; }

  [[nodiscard]] bool is_absent(Field field) const noexcept {
    const Slot& slot = slots_[static_cast<std::size_t>(field)];
    return !slot.is_repeated && (!slot.member || slot.member->kind == JsonKind::null);
  }

  /// Any text without NUL.
  std::optional<std::string> text(Field field) {
    if (is_absent(field)) return std::nullopt;
    auto read = read_string(field);
    if (!read || read->text.find('\0') != std::string::npos) {
      has_unread_ = true;
      return std::nullopt;
    }
    if (!read->is_exact) has_unread_ = true;
    return std::move(read->text);
  }

  template <class Id>
  std::optional<Id> id(Field field) {
    auto value = text(field);
    if (!value) return std::nullopt;
    if (id_fault(*value)) {
      has_unread_ = true;
      return std::nullopt;
    }
    return Id{*std::move(value)};
  }

  template <class Id>
  Result<Id> required_id(Field field) const {
    if (is_absent(field)) return field_fault("missing-field", "The field is missing.");
    auto read = read_string(field);
    if (!read) return std::move(read).error();
    if (!read->is_exact) return field_fault("invalid-utf8", "The value contains half a surrogate pair, or bytes that are not UTF-8.");
    if (auto fault = fault_of_id(read->text)) return *std::move(fault);
    return Id{std::move(read->text)};
  }

  /// The name of an event. An empty one counts as absent.
  std::optional<std::string> type() {
    auto value = text(Field::type);
    if (!value || value->empty()) return std::nullopt;
    if (!find_event_kind(*value) && id_fault(*value)) {
      has_unread_ = true;
      return std::nullopt;
    }
    return value;
  }

  std::optional<Timestamp> time(Field field) {
    if (is_absent(field)) return std::nullopt;
    const Slot& slot = slots_[static_cast<std::size_t>(field)];
    const bool is_number = slot.member->kind == JsonKind::number && !slot.is_repeated;
    const auto written = is_number ? std::string(slot.member->value) : text(field);
    const auto moment = written ? parse_sender_time(*written) : std::nullopt;
    if (!moment) has_unread_ = true;
    return moment;
  }

 private:
  struct Slot {
    std::optional<JsonMember> member;
    bool is_repeated = false;
  };

  void add(const JsonMember& member) {
    const bool is_plain = member.name.find('\\') == std::string_view::npos;
    const auto decoded = is_plain ? std::nullopt : decode_json_string(member.name);
    if (!is_plain && !decoded) return;
    const auto* const name = std::find(kFieldNames.begin(), kFieldNames.end(), is_plain ? member.name : std::string_view(decoded->text));
    if (name == kFieldNames.end()) return;
    Slot& slot = slots_[static_cast<std::size_t>(name - kFieldNames.begin())];
    if (slot.member) slot.is_repeated = true;
    slot.member = member;
  }

  /// REQUIRES that the field is not absent.
  [[nodiscard]] Result<JsonText> read_string(Field field) const {
    const Slot& slot = slots_[static_cast<std::size_t>(field)];
    if (slot.is_repeated) {
      return field_fault("duplicate-key", "The object contains the same name twice, so readers could disagree on its value.");
    }
    if (slot.member->kind != JsonKind::string) return field_fault("wrong-type", "The value is not a string.");
    auto decoded = decode_json_string(slot.member->value);
    if (!decoded) return field_fault("malformed-json", "The value contains a raw control character, or an escape that JSON does not have.");
    return *std::move(decoded);
  }

  std::array<Slot, kFieldNames.size()> slots_;
  std::optional<Error> fault_;
  bool has_unread_ = false;
};

Definition read_definition(FieldReader& fields) {
  Definition definition;
  definition.key = fields.text(Field::key);
  definition.association_type = fields.text(Field::association_type);
  definition.first_object_key = fields.text(Field::first_object_key);
  definition.first_object_label = fields.text(Field::first_object_label);
  definition.first_to_second_cardinality = fields.text(Field::first_to_second_cardinality);
  definition.second_object_key = fields.text(Field::second_object_key);
  definition.second_object_label = fields.text(Field::second_object_label);
  definition.second_to_first_cardinality = fields.text(Field::second_to_first_cardinality);
  return definition;
}

Relation read_relation(FieldReader& fields) {
  Relation relation;
  relation.association = fields.id<AssociationId>(Field::association_id);
  relation.first_object_key = fields.text(Field::first_object_key);
  relation.first_record = fields.id<RecordId>(Field::first_record_id);
  relation.second_object_key = fields.text(Field::second_object_key);
  relation.second_record = fields.id<RecordId>(Field::second_record_id);
  return relation;
}

struct KindFound {
  EventKind kind{};
  EventFlags flags;
};
/// The kind of an event, or why it is not kept. monostate if nobody can tell.
using KindReading = std::variant<std::monostate, KindFound, NotKeptBecause>;

KindReading read_kind(const std::optional<std::string>& type, std::optional<EventKind> path_event) {
  KindFound found;
  if (!type) {
    if (!path_event) return std::monostate{};
    found.kind = *path_event;
    found.flags.set(EventFlag::kind_from_path);
    return found;
  }
  if (const auto named = find_event_kind(*type)) {
    found.kind = named->kind;
    if (named->is_respelled) found.flags.set(EventFlag::kind_respelled);
    if (path_event && *path_event != named->kind) found.flags.set(EventFlag::event_mismatch);
    return found;
  }
  if (is_documented_elsewhere(*type)) return NotKeptBecause::documented;
  if (path_event || mentions_kept_subject(*type)) return std::monostate{};
  return NotKeptBecause::unknown;
}

NotKept not_kept(FieldReader& fields, NotKeptBecause because, std::string type) {
  return {because, std::move(type), fields.id<WebhookId>(Field::webhook_id), fields.id<TraceId>(Field::trace_id)};
}

/// Reads the ids that an event cannot do without, and returns what is wrong with them. A location has no id but its own.
std::vector<DecodeIssue> read_subject(const FieldReader& fields, SubjectKind kind, AssociationKey& key) {
  std::vector<DecodeIssue> issues;
  if (kind != SubjectKind::location) {
    if (auto id = fields.required_id<AssociationId>(Field::id)) {
      key.id = *std::move(id);
    } else {
      issues.push_back(issue_at(Field::id, std::move(id).error()));
    }
  }
  if (auto location = fields.required_id<LocationId>(Field::location_id)) {
    key.location = *std::move(location);
  } else {
    issues.push_back(issue_at(Field::location_id, std::move(location).error()));
  }
  return issues;
}

Undecodable event_unknown(const FieldReader& fields, std::string type) {
  AssociationKey unused;
  std::vector<DecodeIssue> issues = read_subject(fields, SubjectKind::association, unused);
  issues.insert(issues.begin(),
                issue_at(Field::type, field_fault("event-unknown", "Neither the body nor the URL path names an event that is known.")));
  return {std::move(issues), std::move(type)};
}

/// Decodes a body of which the kind is known.
Decoding decode_as(const KindFound& found, FieldReader& fields) {
  DecodedEvent event;
  event.kind = found.kind;
  const SubjectKind subject = subject_kind(found.kind);
  if (subject == SubjectKind::location && fields.is_absent(Field::location_id)) {
    return not_kept(fields, NotKeptBecause::no_location, std::string(name(found.kind)));
  }
  if (auto issues = read_subject(fields, subject, event.association); !issues.empty()) return Undecodable{std::move(issues)};
  event.occurred_at = fields.time(Field::timestamp);
  event.webhook_id = fields.id<WebhookId>(Field::webhook_id);
  event.trace_id = fields.id<TraceId>(Field::trace_id);
  if (subject == SubjectKind::association) event.definition = read_definition(fields);
  if (subject == SubjectKind::relation) event.relation = read_relation(fields);
  event.flags = found.flags;
  if (fields.has_unread()) event.flags.set(EventFlag::field_unread);
  return event;
}

Decoding decode(FieldReader& fields, std::optional<std::string> type, std::optional<EventKind> path_event) {
  if (fields.fault()) return Undecodable{{{"", fields.fault()->reason, fields.fault()->detail}}};
  const KindReading reading = read_kind(type, path_event);
  if (const auto* const found = std::get_if<KindFound>(&reading)) return decode_as(*found, fields);
  if (const auto* const because = std::get_if<NotKeptBecause>(&reading)) return not_kept(fields, *because, *std::move(type));
  return event_unknown(fields, std::move(type).value_or(""));
}

}  // namespace

Decoding decode_webhook(std::string_view body, std::optional<EventKind> path_event) {
  FieldReader fields(body);
  return decode(fields, fields.type(), path_event);
}

Decoding decode_admitted(std::string_view body, EventKind kind) {
  FieldReader fields(body);
  auto type = fields.type();
  if (type && !find_event_kind(*type) && !is_documented_elsewhere(*type)) type.reset();
  return decode(fields, std::move(type), kind);
}

Definition decode_definition(std::string_view body) {
  FieldReader fields(body);
  return read_definition(fields);
}

Relation decode_relation(std::string_view body) {
  FieldReader fields(body);
  return read_relation(fields);
}

}  // namespace ledger
