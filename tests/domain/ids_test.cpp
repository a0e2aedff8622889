// The limits of ids.
#include "domain/ids.h"

#include <gtest/gtest.h>

#include <string>

namespace ledger::ids_test {
namespace {

TEST(Ids, HaveALength) {
  EXPECT_EQ(id_fault(""), IdFault::length);
  EXPECT_EQ(id_fault("a"), std::nullopt);
  EXPECT_EQ(id_fault(std::string(kIdBytesMax, 'a')), std::nullopt);
  EXPECT_EQ(id_fault(std::string(kIdBytesMax + 1, 'a')), IdFault::length);
}

TEST(Ids, HoldNoControlCharacters) {
  for (int value = 0; value < 256; ++value) {
    const bool is_control = value < 0x20 || value == 0x7f;
    EXPECT_EQ(id_fault(std::string("a") + static_cast<char>(value)), is_control ? std::optional(IdFault::control_character) : std::nullopt) << value;
  }
}

}  // namespace
}  // namespace ledger::ids_test
