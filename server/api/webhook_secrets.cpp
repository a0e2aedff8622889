// Comparing secrets by their hashes, and hiding them.
#include "server/api/webhook_secrets.h"

#include "server/http/ascii.h"
#include "server/http/target.h"

#include <boost/algorithm/string/replace.hpp>

#include <algorithm>
#include <utility>

namespace ledger::server {
namespace {

constexpr std::string_view kHidden = "{secret}";

/// "/webhooks/highlevel/x/y" with kHidden in the place of x. Other paths are unchanged.
std::string without_third_name(std::string_view path) {
  std::size_t begin = 0;
  std::size_t end = 0;
  for (int name = 1; name <= 3; ++name) {
    begin = std::min(path.find_first_not_of('/', end), path.size());
    end = std::min(path.find('/', begin), path.size());
    if (name == 1 && percent_decode(path.substr(begin, end - begin)) != "webhooks") return std::string(path);
  }
  if (begin == end) return std::string(path);
  return std::string(path.substr(0, begin)).append(kHidden).append(path.substr(end));
}

}  // namespace

bool is_webhook_secret(std::string_view text) noexcept {
  const auto is_allowed = [](char c) { return is_ascii_alnum(c) || c == '-' || c == '_'; };
  return text.size() >= kWebhookSecretCharactersMin && text.size() <= kWebhookSecretCharactersMax && all_of(text, is_allowed);
}

WebhookSecrets::WebhookSecrets(std::vector<std::string> secrets) : secrets_(std::move(secrets)) {
  for (const std::string& secret : secrets_) hashes_.push_back(sha256(secret));
}

bool WebhookSecrets::contain(std::string_view candidate) const {
  const Sha256 hash = sha256(candidate);
  bool found = false;
  for (const Sha256& secret : hashes_) found |= equal_in_constant_time(hash, secret);
  return found;
}

std::string WebhookSecrets::hide_in(std::string_view path) const {
  if (empty()) return std::string(path);
  std::string shown = without_third_name(path);
  std::string decoded = percent_decode(shown);
  const std::size_t decoded_bytes = decoded.size();
  for (const std::string& secret : secrets_) {
    boost::replace_all(shown, secret, kHidden);
    boost::replace_all(decoded, secret, kHidden);
  }
  return decoded.size() == decoded_bytes ? shown : decoded;
}

}  // namespace ledger::server
