// Ed25519 signatures (RFC 8032), verified by libsodium.
#include "domain/ed25519.h"

#include <sodium.h>

#include <stdexcept>

namespace ledger {
namespace {

const unsigned char* as_bytes(std::string_view text) noexcept {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

bool is_sound_ed25519_key(const Ed25519PublicKey& key) {
  // libsodium asks for this call before any other. It may be repeated.
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot start");
  return crypto_core_ed25519_is_valid_point(key.data()) == 1;
}

bool verify_ed25519(const Ed25519PublicKey& key, std::string_view message, std::string_view signature) noexcept {
  return signature.size() == crypto_sign_BYTES &&
         crypto_sign_verify_detached(as_bytes(signature), as_bytes(message), message.size(), key.data()) == 0;
}

}  // namespace ledger
