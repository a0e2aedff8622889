// The equation of RFC 8032 over libdecaf's group.
#include "domain/ed25519.h"

#include "domain/digest.h"

#include <decaf/ed255.h>
#include <decaf/point_255.h>

#include <new>
#include <utility>

namespace ledger {
namespace {

/// Both sides of the equation are taken twice, as libdecaf does: its points know nothing of the curve's cofactor, and decoding doubles them.
static_assert(DECAF_255_EDDSA_DECODE_RATIO == 2);

const std::uint8_t* as_bytes(std::string_view text) noexcept {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

bool decode(decaf_255_point_t point, const std::uint8_t* encoded) {
  return decaf_255_point_decode_like_eddsa_and_mul_by_ratio(point, encoded) == DECAF_SUCCESS;
}

/// A line of the processor's cache; libdecaf asks for less.
constexpr std::align_val_t kAlignment{64};

struct FreeMultiples {
  void operator()(decaf_255_precomputed_s* multiples) const noexcept { ::operator delete(static_cast<void*>(multiples), kAlignment); }
};
/// Of a point, for every place of a scalar. libdecaf says only at run time how large that is.
using Multiples = std::unique_ptr<decaf_255_precomputed_s, FreeMultiples>;

Multiples multiples_of(const decaf_255_point_t point) {
  void* memory = ::operator new(decaf_255_sizeof_precomputed_s, kAlignment);
  Multiples multiples{static_cast<decaf_255_precomputed_s*>(memory)};
  decaf_255_precompute(multiples.get(), point);
  return multiples;
}

}  // namespace

struct Ed25519Key::Table {
  Encoded encoded;
  Multiples negative;  ///< Of the key's point, twice and negated.
};

Ed25519Key::Ed25519Key(std::unique_ptr<const Table> table) noexcept : table_(std::move(table)) {}
Ed25519Key::Ed25519Key(Ed25519Key&&) noexcept = default;
Ed25519Key& Ed25519Key::operator=(Ed25519Key&&) noexcept = default;
Ed25519Key::~Ed25519Key() = default;

std::optional<Ed25519Key> Ed25519Key::from_encoded(const Encoded& encoded) {
  decaf_255_point_t point;
  if (!decode(point, encoded.data())) return std::nullopt;
  if (decaf_255_point_eq(point, decaf_255_point_identity) == DECAF_TRUE) return std::nullopt;
  decaf_255_point_negate(point, point);
  return Ed25519Key{std::make_unique<const Table>(Table{encoded, multiples_of(point)})};
}

bool Ed25519Key::verify(std::string_view message, std::string_view signature) const {
  if (signature.size() != kSignatureBytes) return false;
  const std::string_view r = signature.substr(0, kSignatureBytes / 2);

  decaf_255_point_t expected;
  decaf_255_scalar_t s;
  if (!decode(expected, as_bytes(r))) return false;
  if (decaf_255_scalar_decode(s, as_bytes(signature.substr(kSignatureBytes / 2))) != DECAF_SUCCESS) return false;
  const Sha512 hash = sha512({r, {reinterpret_cast<const char*>(table_->encoded.data()), table_->encoded.size()}, message});
  decaf_255_scalar_t k;
  decaf_255_scalar_decode_long(k, hash.data(), hash.size());

  // R = S B - k A, with both products from tables.
  decaf_255_scalar_add(s, s, s);
  decaf_255_point_t product;
  decaf_255_point_t key_product;
  decaf_255_precomputed_scalarmul(product, decaf_255_precomputed_base, s);
  decaf_255_precomputed_scalarmul(key_product, table_->negative.get(), k);
  decaf_255_point_add(product, product, key_product);
  return decaf_255_point_eq(product, expected) == DECAF_TRUE;
}

}  // namespace ledger
