// Checks whether a text may be an id.
#include "domain/ids.h"

#include <algorithm>

namespace ledger {
namespace {

bool is_control(char character) noexcept {
  const auto value = static_cast<unsigned char>(character);
  return value < 0x20 || value == 0x7f;
}

}  // namespace

std::optional<IdFault> id_fault(std::string_view text) noexcept {
  if (text.empty() || text.size() > kIdBytesMax) return IdFault::length;
  if (std::any_of(text.begin(), text.end(), is_control)) return IdFault::control_character;
  return std::nullopt;
}

}  // namespace ledger
