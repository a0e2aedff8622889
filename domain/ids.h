// The identifiers of the ledger as distinct types, so that a location can never stand where an association belongs.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace ledger {

/// A value with a name: explicit on the way in and on the way out, ordered like the value.
template <class Tag, class Value>
class Named {
 public:
  Named() = default;
  explicit Named(Value value) : value_(std::move(value)) {}

  [[nodiscard]] const Value& value() const noexcept { return value_; }

  friend auto operator<=>(const Named&, const Named&) = default;

 private:
  Value value_{};
};

/// A customer account on the platform. Opaque; see id_bytes_max.
using LocationId = Named<struct LocationIdTag, std::string>;
/// An association definition within one location. Well-known ids repeat in every location, so it identifies nothing alone.
using AssociationId = Named<struct AssociationIdTag, std::string>;
/// The platform's name for one delivery, the same on every attempt.
using WebhookId = Named<struct WebhookIdTag, std::string>;
/// The platform's tracing name, if a body carries one.
using TraceId = Named<struct TraceIdTag, std::string>;
/// SHA-256 of a public key's SubjectPublicKeyInfo (DER), 64 lower-case hex digits.
using KeyId = Named<struct KeyIdTag, std::string>;
/// The ledger's clock: 1, 2, 3, … without gaps, in commit order. 0 stands before the first event.
using Sequence = Named<struct SequenceTag, std::int64_t>;
/// Number of a quarantined delivery: 1, 2, 3, … without gaps.
using QuarantineId = Named<struct QuarantineIdTag, std::int64_t>;

/// Longest id of any kind that is accepted, in bytes. The longest one seen in the wild has 40.
inline constexpr std::size_t id_bytes_max = 256;

/// What keeps a text from being an id. That it is UTF-8 is looked at where the text comes from.
enum class IdFault { length, control_character };
[[nodiscard]] std::optional<IdFault> id_fault(std::string_view text) noexcept;

/// Identity of an association: (locationId, id) and nothing less.
struct AssociationKey {
  LocationId location;
  AssociationId id;

  friend auto operator<=>(const AssociationKey&, const AssociationKey&) = default;
};

}  // namespace ledger
