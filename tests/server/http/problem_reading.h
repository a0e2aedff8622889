// Reading what matters in a problem document.
#pragma once

#include <string>
#include <string_view>

namespace ledger::test {

/// The last part of a problem's type: its reason.
inline std::string reason_of(std::string_view body) {
  constexpr std::string_view prefix = R"({"type":"urn:association-ledger:problem:)";
  if (!body.starts_with(prefix)) return "no problem: " + std::string(body);
  body.remove_prefix(prefix.size());
  return std::string(body.substr(0, body.find('"')));
}

}  // namespace ledger::test
