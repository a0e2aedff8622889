// The names of kinds, sources, flags and signature schemes, and the texts of a definition.
#include "domain/event.h"

#include "domain/check.h"

namespace ledger {
namespace {

/// A value outside its enumeration is a defect, for example of a store that did not check what it read.
[[noreturn]] void unknown_value() {
  detail::check_failed("value of a known enumerator", __FILE__, __LINE__);
}

}  // namespace

std::array<const std::optional<std::string>*, 8> texts_of(const Definition& definition) noexcept {
  return {&definition.key,
          &definition.association_type,
          &definition.first_object_key,
          &definition.first_object_label,
          &definition.first_to_second_cardinality,
          &definition.second_object_key,
          &definition.second_object_label,
          &definition.second_to_first_cardinality};
}

std::size_t text_bytes(const Definition& definition) noexcept {
  std::size_t bytes = 0;
  for (const std::optional<std::string>* text : texts_of(definition)) bytes += *text ? (*text)->size() : 0;
  return bytes;
}

std::string_view name(EventKind kind) noexcept {
  switch (kind) {
    case EventKind::association_create: return "AssociationCreate";
    case EventKind::association_update: return "AssociationUpdate";
    case EventKind::association_delete: return "AssociationDelete";
  }
  unknown_value();
}

std::optional<EventKind> event_kind(std::string_view text) noexcept {
  for (const EventKind kind : {EventKind::association_create, EventKind::association_update, EventKind::association_delete}) {
    if (name(kind) == text) return kind;
  }
  return std::nullopt;
}

std::string_view name(Source source) noexcept {
  switch (source) {
    case Source::webhook: return "webhook";
  }
  unknown_value();
}

std::string_view name(EventFlag flag) noexcept {
  switch (flag) {
    case EventFlag::event_mismatch: return "event_mismatch";
    case EventFlag::late: return "late";
    case EventFlag::after_delete: return "after_delete";
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
