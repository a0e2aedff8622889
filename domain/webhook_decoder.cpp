// Finds out which event a body is, and checks its fields one by one.
#include "domain/webhook_decoder.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

namespace ledger {
namespace {

using Members = std::span<const JsonMember>;

DecodeIssue issue_at(std::string_view name, std::string_view reason, std::string detail) {
  std::string pointer = "/";
  pointer += name;
  return {std::move(pointer), reason, std::move(detail)};
}

/// A member name as a reference token of RFC 6901.
std::string escape_token(std::string_view name) {
  std::string token;
  for (const char character : name) {
    if (character == '~') {
      token += "~0";
    } else if (character == '/') {
      token += "~1";
    } else {
      token += character;
    }
  }
  return token;
}

std::optional<DecodeIssue> find_duplicate(Members members) {
  std::vector<std::string_view> names;
  names.reserve(members.size());
  for (const JsonMember& member : members) names.push_back(member.name);
  // By length first: few names have the same length, and only those are compared.
  std::sort(names.begin(), names.end(),
            [](std::string_view left, std::string_view right) { return left.size() != right.size() ? left.size() < right.size() : left < right; });
  const auto repeated = std::adjacent_find(names.begin(), names.end());
  if (repeated == names.end()) return std::nullopt;
  constexpr std::string_view kDetail = "The object contains the same name twice, so readers could disagree on its value.";
  // A name that is longer than any meaningful one is not repeated in the response.
  if (repeated->size() > kIdBytesMax) return DecodeIssue{"", "duplicate-key", std::string(kDetail)};
  return issue_at(escape_token(*repeated), "duplicate-key", std::string(kDetail));
}

/// Reads fields and collects their faults. A null field counts as absent.
class FieldReader {
 public:
  explicit FieldReader(Members members) noexcept : members_(members) {}

  [[nodiscard]] std::size_t issue_count() const noexcept { return issues_.size(); }
  [[nodiscard]] std::vector<DecodeIssue> take_issues() && { return std::move(issues_); }

  void note(std::string_view name, std::string_view reason, std::string detail) { issues_.push_back(issue_at(name, reason, std::move(detail))); }

  /// Any string without NUL.
  std::optional<std::string> text(std::string_view name) {
    const JsonMember* member = find(name);
    if (member == nullptr) return std::nullopt;
    if (member->text.find('\0') != std::string_view::npos) {
      note(name, "invalid-character", "The value contains a NUL character.");
      return std::nullopt;
    }
    return std::string(member->text);
  }

  template <class Id>
  std::optional<Id> id(std::string_view name) {
    const JsonMember* member = find(name);
    if (member == nullptr || !check_id(name, member->text)) return std::nullopt;
    return Id{std::string(member->text)};
  }

  template <class Id>
  Id required_id(std::string_view name) {
    const std::size_t issues_before = issue_count();
    auto value = id<Id>(name);
    if (!value && issue_count() == issues_before) note(name, "missing-field", "The field is missing.");
    return std::move(value).value_or(Id{});
  }

  /// The name of an event: bounded like an id, but an empty one counts as absent.
  std::optional<std::string> type(std::string_view name) {
    const JsonMember* member = find(name);
    if (member == nullptr || member->text.empty() || !check_id(name, member->text)) return std::nullopt;
    return std::string(member->text);
  }

  std::optional<Timestamp> timestamp(std::string_view name) {
    const JsonMember* member = find(name);
    if (member == nullptr) return std::nullopt;
    const auto moment = parse_rfc3339(member->text);
    if (!moment) note(name, "invalid-timestamp", "The value is not an RFC 3339 date-time.");
    return moment;
  }

 private:
  /// The string member of that name. Null if it is absent or, after noting the fault, not a string.
  const JsonMember* find(std::string_view name) {
    const auto member = std::find_if(members_.begin(), members_.end(), [name](const JsonMember& candidate) { return candidate.name == name; });
    if (member == members_.end()) return nullptr;
    switch (member->kind) {
      case JsonKind::null: return nullptr;
      case JsonKind::string: return &*member;
      case JsonKind::other: note(name, "wrong-type", "The value is not a string."); return nullptr;
    }
    return nullptr;
  }

  bool check_id(std::string_view name, std::string_view value) {
    const std::optional<IdFault> fault = id_fault(value);
    if (fault == IdFault::length) note(name, "invalid-id", "The value does not have 1 to " + std::to_string(kIdBytesMax) + " bytes.");
    if (fault == IdFault::control_character) note(name, "invalid-character", "The value contains a control character.");
    return !fault;
  }

  Members members_;
  std::vector<DecodeIssue> issues_;
};

/// The kind of that name, if the ledger keeps it.
std::optional<EventKind> kept_kind(std::string_view type) {
  const auto kind = event_kind(type);
  return kind && subject_kind(*kind) == SubjectKind::association ? kind : std::nullopt;
}

/// The body's `type`, if it is a valid name of an event that is not kept.
std::optional<std::string> type_not_kept(Members members) {
  auto type = FieldReader{members}.type("type");
  if (!type || kept_kind(*type)) return std::nullopt;
  return type;
}

/// The body's `type` is signed and the path is not, so the `type` is preferred.
void read_kind(FieldReader& reader, std::optional<EventKind> path_event, DecodedEvent& event) {
  const std::size_t issues_before = reader.issue_count();
  const auto type = reader.type("type");
  if (type) {
    event.kind = kept_kind(*type).value_or(EventKind{});
    if (path_event && *path_event != event.kind) event.flags.set(EventFlag::event_mismatch);
  } else if (path_event) {
    event.kind = *path_event;
  } else if (reader.issue_count() == issues_before) {
    reader.note("type", "event-unknown", "Neither the URL path nor the body says which event this is.");
  }
}

Definition read_definition(FieldReader& reader) {
  Definition definition;
  definition.key = reader.text("key");
  definition.association_type = reader.text("associationType");
  definition.first_object_key = reader.text("firstObjectKey");
  definition.first_object_label = reader.text("firstObjectLabel");
  definition.first_to_second_cardinality = reader.text("firstObjectToSecondObjectCardinality");
  definition.second_object_key = reader.text("secondObjectKey");
  definition.second_object_label = reader.text("secondObjectLabel");
  definition.second_to_first_cardinality = reader.text("secondObjectToFirstObjectCardinality");
  return definition;
}

}  // namespace

Decoding decode_webhook(std::string_view body, std::optional<EventKind> path_event) {
  const auto object = read_json_object(body);
  if (!object) return Undecodable{{{"", object.error().reason, object.error().detail}}};
  const Members members = object->members();
  if (auto duplicate = find_duplicate(members)) return Undecodable{{*std::move(duplicate)}};

  FieldReader reader{members};
  if (auto type = type_not_kept(members)) {
    return NotKept{*std::move(type), reader.id<WebhookId>("webhookId"), reader.id<TraceId>("traceId")};
  }
  DecodedEvent event;
  event.association.id = reader.required_id<AssociationId>("id");
  event.association.location = reader.required_id<LocationId>("locationId");
  read_kind(reader, path_event, event);
  event.occurred_at = reader.timestamp("timestamp");
  event.webhook_id = reader.id<WebhookId>("webhookId");
  event.trace_id = reader.id<TraceId>("traceId");
  event.definition = read_definition(reader);
  if (reader.issue_count() > 0) return Undecodable{std::move(reader).take_issues()};
  return event;
}

}  // namespace ledger
