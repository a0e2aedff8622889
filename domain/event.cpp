// The names of kinds, subjects, sources, flags and signature schemes, and the texts of a definition.
#include "domain/event.h"

#include "domain/check.h"

namespace ledger {
namespace {

/// A value outside its enumeration is a defect, for example of a store that did not check what it read.
[[noreturn]] void unknown_value() {
  detail::check_failed("value of a known enumerator", __FILE__, __LINE__);
}

}  // namespace

std::size_t text_bytes(const Definition& definition) noexcept {
  std::size_t bytes = 0;
  for (const auto field : kDefinitionFields) bytes += definition.*field ? (definition.*field)->size() : 0;
  return bytes;
}

std::string_view name(EventKind kind) noexcept {
  switch (kind) {
    case EventKind::association_create: return "AssociationCreate";
    case EventKind::association_update: return "AssociationUpdate";
    case EventKind::association_delete: return "AssociationDelete";
    case EventKind::relation_create: return "RelationCreate";
    case EventKind::relation_delete: return "RelationDelete";
    case EventKind::install: return "INSTALL";
    case EventKind::uninstall: return "UNINSTALL";
    case EventKind::observed: return "Observed";
    case EventKind::missing: return "Missing";
  }
  unknown_value();
}

std::optional<EventKind> event_kind(std::string_view text) noexcept {
  for (const EventKind kind : kWebhookKinds) {
    if (name(kind) == text) return kind;
  }
  return std::nullopt;
}

std::string_view name(SubjectKind kind) noexcept {
  switch (kind) {
    case SubjectKind::association: return "association";
    case SubjectKind::relation: return "relation";
    case SubjectKind::location: return "location";
  }
  unknown_value();
}

SubjectKind subject_kind(EventKind kind) noexcept {
  switch (kind) {
    case EventKind::association_create:
    case EventKind::association_update:
    case EventKind::association_delete: return SubjectKind::association;
    case EventKind::relation_create:
    case EventKind::relation_delete: return SubjectKind::relation;
    case EventKind::install:
    case EventKind::uninstall: return SubjectKind::location;
    case EventKind::observed:
    case EventKind::missing: break;
  }
  unknown_value();
}

std::string_view name(Source source) noexcept {
  switch (source) {
    case Source::webhook: return "webhook";
    case Source::import: return "import";
    case Source::reconcile: return "reconcile";
  }
  unknown_value();
}

Error already_admitted(Sequence event) {
  return {Errc::conflict, "already-admitted", "The delivery was admitted already: it is event " + std::to_string(event.value()) + "."};
}

std::string_view name(QuarantineDecision::Kind kind) noexcept {
  switch (kind) {
    case QuarantineDecision::Kind::admitted: return "admitted";
    case QuarantineDecision::Kind::duplicate: return "duplicate";
    case QuarantineDecision::Kind::dismissed: return "dismissed";
  }
  unknown_value();
}

std::string_view name(EventFlag flag) noexcept {
  switch (flag) {
    case EventFlag::event_mismatch: return "event_mismatch";
    case EventFlag::late: return "late";
    case EventFlag::after_delete: return "after_delete";
    case EventFlag::kind_from_path: return "kind_from_path";
    case EventFlag::kind_conflict: return "kind_conflict";
    case EventFlag::kind_respelled: return "kind_respelled";
    case EventFlag::field_unread: return "field_unread";
    case EventFlag::ahead: return "ahead";
    case EventFlag::repeat: return "repeat";
    case EventFlag::recreated: return "recreated";
  }
  unknown_value();
}

std::string_view name(SignatureScheme scheme) noexcept {
  switch (scheme) {
    case SignatureScheme::ed25519: return "ed25519";
    case SignatureScheme::rsa_pkcs1_sha256: return "rsa-pkcs1-sha256";
  }
  unknown_value();
}

}  // namespace ledger
