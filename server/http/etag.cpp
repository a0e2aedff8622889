// Making and comparing entity tags.
#include "server/http/etag.h"

#include "server/http/ascii.h"

#include "domain/base64.h"
#include "domain/digest.h"

namespace ledger::server {

std::string make_etag(std::string_view body) {
  const Sha256 digest = sha256(body);
  const std::string half(digest.begin(), digest.begin() + digest.size() / 2);
  return '"' + base64url_encode(half) + '"';
}

bool matches_etag(std::string_view if_none_match, std::string_view etag) noexcept {
  bool matched = false;
  // Tags of ours hold no comma, so that cutting foreign ones at their commas can make no false match.
  for_each_list_item(if_none_match, [&](std::string_view tag) {
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    matched = matched || tag == etag || tag == "*";
  });
  return matched;
}

}  // namespace ledger::server
