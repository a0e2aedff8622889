// Making and comparing entity tags.
#include "server/http/etag.h"

#include "server/http/ascii.h"

#include <array>
#include <charconv>

namespace ledger::server {
namespace {

/// FNV-1a. A tag is compared only with tags of the same URL, so no secret and no resistance to attacks is needed.
std::uint64_t hash_of(std::string_view text) noexcept {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return hash;
}

void append_number(std::string& text, auto number, int base) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.begin(), digits.end(), number, base).ptr;
  text.append(digits.begin(), end);
}

}  // namespace

std::string make_etag(std::string_view identity, std::string_view target, std::int64_t position) {
  std::string tag;
  tag.reserve(identity.size() + 40);
  tag.append("\"").append(identity).append(".");
  append_number(tag, hash_of(target), 16);
  tag.append(".");
  append_number(tag, position, 10);
  tag.append("\"");
  return tag;
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
