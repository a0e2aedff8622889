// SHA-256 and SHA-512 by OpenSSL, and hex.
#include "domain/digest.h"

#include <openssl/evp.h>

#include <memory>
#include <stdexcept>

namespace ledger {

Sha256 sha256(std::string_view bytes) {
  Sha256 digest{};
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1 || size != digest.size()) {
    throw std::runtime_error("OpenSSL cannot compute SHA-256");
  }
  return digest;
}

Sha512 sha512(std::initializer_list<std::string_view> parts) {
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
  bool is_good = context && EVP_DigestInit_ex(context.get(), EVP_sha512(), nullptr) == 1;
  for (const std::string_view part : parts) is_good = is_good && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
  Sha512 digest{};
  if (!is_good || EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) != 1) throw std::runtime_error("OpenSSL cannot compute SHA-512");
  return digest;
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text.push_back(kDigits[byte >> 4U]);
    text.push_back(kDigits[byte & 0x0fU]);
  }
  return text;
}

}  // namespace ledger
