// Base64 by libsodium. A text is canonical if its bytes are encoded as that text: libsodium alone also reads some bytes outside ASCII.
#include "domain/base64.h"

#include <sodium/utils.h>

namespace ledger {
namespace {

std::string encode(std::string_view bytes, int variant) {
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), variant);
  text.pop_back();  // The terminating zero.
  return text;
}

std::optional<std::string> decode(std::string_view text, int variant) {
  std::string bytes(text.size() / 4 * 3 + 3, '\0');
  std::size_t length = 0;
  auto* const begin = reinterpret_cast<unsigned char*>(bytes.data());
  if (sodium_base642bin(begin, bytes.size(), text.data(), text.size(), nullptr, &length, nullptr, variant) != 0) return std::nullopt;
  bytes.resize(length);
  if (encode(bytes, variant) != text) return std::nullopt;
  return bytes;
}

}  // namespace

std::string base64_encode(std::string_view bytes) {
  return encode(bytes, sodium_base64_VARIANT_ORIGINAL);
}

std::optional<std::string> base64_decode(std::string_view text) {
  return decode(text, sodium_base64_VARIANT_ORIGINAL);
}

std::string base64url_encode(std::string_view bytes) {
  return encode(bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

std::optional<std::string> base64url_decode(std::string_view text) {
  return decode(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

}  // namespace ledger
