// Result codes become faults, faults become answers.
#include "storage/sqlite/sqlite_error.h"

#include <SQLiteCpp/Exception.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <new>
#include <stdexcept>

namespace ledger::storage::sqlite_error_test {
namespace {

TEST(SqliteError, ExtendedCodesCountAsTheirPrimaryOnes) {
  EXPECT_EQ(classify(SQLITE_IOERR_FSYNC), Fault::io);
  EXPECT_EQ(classify(SQLITE_BUSY_SNAPSHOT), Fault::busy);
  EXPECT_EQ(classify(SQLITE_CONSTRAINT_UNIQUE), Fault::bad_row);
  EXPECT_EQ(classify(SQLITE_FULL), Fault::full);
  EXPECT_EQ(classify(SQLITE_NOTADB), Fault::corrupt);
  EXPECT_EQ(classify(SQLITE_MISUSE), Fault::other);
}

TEST(SqliteError, WhatWasThrownIsUnderstood) {
  EXPECT_EQ(failure_of(SQLite::Exception("full", SQLITE_FULL)).fault, Fault::full);
  EXPECT_EQ(failure_of(std::bad_alloc()).fault, Fault::no_memory);
  EXPECT_EQ(failure_of(std::runtime_error("event 3: damaged")).fault, Fault::other);
  EXPECT_EQ(failure_of(std::runtime_error("event 3: damaged")).text, "event 3: damaged");
}

TEST(SqliteError, ReadersAnswerUnavailableOnlyWhereTryingAgainCanHelp) {
  EXPECT_EQ(read_error(Fault::busy).code, Errc::unavailable);
  EXPECT_EQ(read_error(Fault::interrupted).reason, "read-timeout");
  EXPECT_EQ(read_error(Fault::io).code, Errc::unavailable);
  EXPECT_EQ(read_error(Fault::corrupt).code, Errc::internal);
  EXPECT_EQ(read_error(Fault::other).code, Errc::internal);
}

}  // namespace
}  // namespace ledger::storage::sqlite_error_test
