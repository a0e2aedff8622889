// Making and comparing entity tags.
#include "server/http/etag.h"

#include "server/http/ascii.h"

#include <functional>

namespace ledger::server {

std::string make_etag(std::string_view identity, std::string_view target, std::int64_t position) {
  const std::size_t hash = std::hash<std::string_view>()(target);
  return "\"" + std::string(identity) + "." + std::to_string(hash) + "." + std::to_string(position) + "\"";
}

bool matches_etag(std::string_view if_none_match, std::string_view etag) noexcept {
  bool matched = false;
  // Our tags contain no comma, so a foreign tag that is cut at its commas cannot match one.
  for_each_list_item(if_none_match, [&](std::string_view tag) {
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    matched = matched || tag == etag || tag == "*";
  });
  return matched;
}

}  // namespace ledger::server
