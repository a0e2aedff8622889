// Every answer of a store as text.
#include "tests/support/describe.h"

#include "domain/base64.h"

#include <optional>
#include <sstream>

namespace ledger::test {
namespace {

std::string text_of(const std::string& value) {
  return value;
}
std::string text_of(std::int64_t value) {
  return std::to_string(value);
}
std::string text_of(Timestamp moment) {
  return format_rfc3339(moment);
}
template <class Tag, class Value>
std::string text_of(const Named<Tag, Value>& id) {
  return text_of(id.value());
}
template <class T>
std::string text_of(const std::optional<T>& value) {
  return value ? text_of(*value) : "-";
}

std::string text_of(const Definition& definition) {
  std::string text;
  for (const auto* field : {&definition.key, &definition.association_type, &definition.first_object_key, &definition.first_object_label,
                            &definition.first_to_second_cardinality, &definition.second_object_key, &definition.second_object_label,
                            &definition.second_to_first_cardinality}) {
    text += text_of(*field) + "|";
  }
  return text;
}

std::string text_of(const Association& association) {
  const AssociationState& state = association.state;
  return text_of(association.key.location) + "/" + text_of(association.key.id) + " " + text_of(*state.definition) + " created " +
         text_of(state.created_at) + " updated " + text_of(state.updated_at) + " deleted " + text_of(state.deleted_at) + " by " +
         text_of(association.deleted_by) + " last " + text_of(association.last_sequence) + " lives " + text_of(state.former_lives) + " inferred " +
         std::to_string(state.inferred) + (state.deleted_at_is_dated ? " dated" : "");
}

std::string text_of(const ShownRelation& shown) {
  const RelationState& state = shown.state;
  const Relation& said = state.relation;
  return text_of(state.key.location) + "/" + text_of(state.key.id) + " " + std::string(name(shown.status)) + " " + text_of(said.association) + "|" +
         text_of(said.first_object_key) + "|" + text_of(said.first_record) + "|" + text_of(said.second_object_key) + "|" +
         text_of(said.second_record) + " created " + text_of(state.created_at) + " vouched " + text_of(state.vouched_at) + " updated " +
         text_of(state.updated_at) + " deleted " + text_of(state.deleted_at) + " by " + text_of(state.deleted_by) + " last " +
         text_of(state.last_sequence) + " lives " + text_of(state.former_lives) + (state.deleted_at_is_dated ? " dated" : "");
}

std::string text_of(const std::optional<Signature>& signature) {
  if (!signature) return "unsigned";
  return std::string(name(signature->scheme)) + " " + signature->key_id.value() + " " + base64_encode(signature->value);
}

std::string text_of(const RecordedEvent& event) {
  return text_of(event.sequence) + " " + std::string(name(event.kind)) + " of " + std::string(name(event.subject)) + " " +
         text_of(event.association.location) + "/" + text_of(event.association.id) + " webhook " + text_of(event.webhook_id) + " trace " +
         text_of(event.trace_id) + " occurred " + text_of(event.occurred_at) + " effective " + text_of(event.effective_at) + " recorded " +
         text_of(event.recorded_at) + " received " + text_of(event.received_at) + " quarantine " + text_of(event.quarantine) + " flags " +
         std::to_string(event.flags.bits()) + " " + std::string(name(event.delivery.source)) + " " + text_of(event.delivery.signature) + " " +
         to_hex(event.delivery.body_sha256) + " " + event.delivery.body;
}

/// What went wrong, or what `value` says of the answer.
template <class T, class Value>
std::string answer(const Result<T>& result, const Value& value) {
  return result ? value(*result) : "error " + std::string(result.error().reason);
}

}  // namespace

std::string describe(const Result<Appended>& outcome) {
  return answer(outcome, [](const Appended& appended) {
    return (appended.status == Appended::Status::recorded ? "recorded " : "duplicate ") + text_of(appended.sequence) + " flags " +
           std::to_string(appended.flags.bits());
  });
}

std::string describe(const Result<QuarantineId>& outcome) {
  return answer(outcome, [](const QuarantineId& id) { return "quarantined " + text_of(id); });
}

std::string describe(const Result<Association>& association) {
  return answer(association, [](const Association& found) { return text_of(found); });
}

std::string describe(const Result<AssociationPage>& page) {
  return answer(page, [](const AssociationPage& shown) {
    std::string text = "as of " + text_of(shown.as_of) + " next " + text_of(shown.next);
    for (const Association& association : shown.associations) text += "\n  " + text_of(association);
    return text;
  });
}

std::string describe(const Result<RelationPage>& page) {
  return answer(page, [](const RelationPage& shown) {
    std::string text = "as of " + text_of(shown.as_of) + " next " + text_of(shown.next);
    for (const ShownRelation& relation : shown.relations) text += "\n  " + text_of(relation);
    return text;
  });
}

std::string describe(const Result<DeletionPage>& page) {
  return answer(page, [](const DeletionPage& shown) {
    std::string text = "as of " + text_of(shown.as_of) + " next ";
    text += shown.next ? text_of(shown.next->deleted_at) + " " + text_of(shown.next->deleted_by) : "-";
    for (const Deletion& deletion : shown.deletions) {
      text += "\n  " + text_of(deletion.key.location) + "/" + text_of(deletion.key.id) + " " + text_of(*deletion.life.definition) + " created " +
              text_of(deletion.life.created_at) + " deleted " + text_of(deletion.life.deleted_at) + " by " + text_of(deletion.life.deleted_by) + " " +
              std::string(name(deletion.deleted_by_kind)) + (deletion.is_last_life ? "" : " recreated") + " webhook " + text_of(deletion.webhook_id) +
              " trace " + text_of(deletion.trace_id) + " recorded " + text_of(deletion.recorded_at);
    }
    return text;
  });
}

std::string describe(const Result<EventPage>& page) {
  return answer(page, [](const EventPage& shown) {
    std::string text = "last " + text_of(shown.last_sequence) + (shown.has_more ? " more" : "");
    for (const RecordedEvent& event : shown.events) text += "\n  " + text_of(event);
    return text;
  });
}

std::string describe(const Result<LocationPage>& page) {
  return answer(page, [](const LocationPage& shown) {
    std::string text = "as of " + text_of(shown.as_of) + " next " + text_of(shown.next);
    for (const LocationSummary& location : shown.locations) {
      text += "\n  " + text_of(location.location) + " active " + text_of(location.active_associations) + " deleted " +
              text_of(location.deleted_associations) + " last " + text_of(location.last_sequence) + " " + text_of(location.last_recorded_at) +
              " relations " + text_of(location.active_relations) + " " + text_of(location.deleted_relations) + " installed " +
              text_of(location.installs.installed_at) + " uninstalled " + text_of(location.installs.uninstalled_at);
    }
    return text;
  });
}

std::string difference(const std::string& actual, const std::string& expected) {
  std::istringstream actual_lines(actual);
  std::istringstream expected_lines(expected);
  std::string actual_line;
  std::string expected_line;
  for (;;) {
    const bool has_actual = static_cast<bool>(std::getline(actual_lines, actual_line));
    const bool has_expected = static_cast<bool>(std::getline(expected_lines, expected_line));
    if (!has_actual && !has_expected) return {};
    if (has_actual == has_expected && actual_line == expected_line) continue;
    return "\n  is: " + (has_actual ? actual_line : "(nothing)") + "\n  expected: " + (has_expected ? expected_line : "(nothing)");
  }
}

}  // namespace ledger::test
