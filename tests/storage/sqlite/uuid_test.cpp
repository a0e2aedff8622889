// UUIDs: what is packed comes back, and what would not is left alone.
#include "storage/sqlite/uuid.h"

#include <gtest/gtest.h>

namespace ledger::storage::uuid_test {
namespace {

TEST(Uuid, ComesBackFromItsBytes) {
  for (const char* text : {"881b9415-5d35-4ff1-a667-0545b80b96c0", "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"}) {
    const auto bytes = uuid_bytes(text);
    ASSERT_TRUE(bytes) << text;
    EXPECT_EQ(bytes->size(), 16U);
    EXPECT_EQ(uuid_text(*bytes), text);
  }
}

TEST(Uuid, IsOneInItsCanonicalFormAlone) {
  for (const char* text : {"", "881B9415-5D35-4FF1-A667-0545B80B96C0", "881b9415-5d35-4ff1-a667-0545b80b96c", "881b9415-5d35-4ff1-a667-0545b80b96c00",
                           "881b94155d354ff1a6670545b80b96c0", "881b9415_5d35-4ff1-a667-0545b80b96c0", "881b941g-5d35-4ff1-a667-0545b80b96c0",
                           "881b9415-5d35-4ff1-a6670-545b80b96c0", "{81b9415-5d35-4ff1-a667-0545b80b96c}", "webhook-1"}) {
    EXPECT_FALSE(uuid_bytes(text)) << text;
  }
}

TEST(Uuid, OfAnotherLengthIsADamagedFile) {
  for (const std::size_t size : {0U, 15U, 17U}) EXPECT_THROW(static_cast<void>(uuid_text(std::string(size, 'x'))), std::runtime_error) << size;
}

}  // namespace
}  // namespace ledger::storage::uuid_test
