// The rules of the house, held against the source tree as it is.
#include "tests/lint/rules.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace ledger::lint::lint_test {
namespace {

/// Sources that need no test file of their own.
const std::vector<Untested>& untested() {
  static const std::vector<Untested> exceptions = {
      {"server/http/separate_compilation.cpp", "compiles Asio, and holds no code of ours"},
      {"storage/sqlite/deletion_reader.cpp", "tests/contract/, and reader_test.cpp for its bounds"},
      {"storage/sqlite/event_reader.cpp", "tests/contract/"},
      {"storage/sqlite/location_reader.cpp", "tests/contract/"},
      {"storage/sqlite/association_table.cpp", "tests/contract/, and rebuild_test.cpp holds it against a fold of the whole log"},
      {"storage/sqlite/quarantine_decisions.cpp", "tests/contract/"},
      {"storage/sqlite/read_connection.cpp", "tests/contract/, and reader_test.cpp for its deadline"},
      {"storage/sqlite/verify_log.cpp", "verify_test.cpp"},
      {"storage/sqlite/verify_state.cpp", "verify_test.cpp"},
  };
  return exceptions;
}

const std::vector<SourceFile>& tree() {
  static const std::vector<SourceFile> files = read_tree(LEDGER_SOURCE_DIR);
  return files;
}

void expect_none(const Findings& findings) {
  for (const std::string& finding : findings) ADD_FAILURE() << finding;
}

Findings in_tree(Findings (*rule)(const SourceFile&)) {
  Findings all;
  for (const SourceFile& file : tree()) {
    const Findings findings = rule(file);
    all.insert(all.end(), findings.begin(), findings.end());
  }
  return all;
}

TEST(House, IsReadAsAWhole) {
  for (const std::string_view path :
       {"domain/fold.cpp", "server/CMakeLists.txt", "storage/CMakeLists.txt", "tests/lint/lint_test.cpp", "CMakeLists.txt", "app/main.cpp"}) {
    const auto has_path = [path](const SourceFile& file) { return file.path == path && !file.text.empty(); };
    EXPECT_TRUE(std::any_of(tree().begin(), tree().end(), has_path)) << path;
  }
}

TEST(House, KeepsItsRoomsApart) {
  expect_none(in_tree(foreign_includes));
}

TEST(House, NamesServerAndStorageTogetherOnlyAtTheFrontDoor) {
  expect_none(in_tree(server_and_storage_together));
}

TEST(House, ReadsNoClockInTheDomain) {
  expect_none(in_tree(clock_readings));
}

TEST(House, WritesSqlOnlyInStorage) {
  expect_none(in_tree(sql_outside_storage));
}

TEST(House, SpeaksHttpOnlyInTheServer) {
  expect_none(in_tree(http_words));
}

TEST(House, GuardsEveryHeader) {
  expect_none(in_tree(missing_pragma_once));
}

TEST(House, SaysFirstWhyAFileExists) {
  expect_none(in_tree(missing_first_comment));
}

TEST(House, KeepsFilesShort) {
  expect_none(in_tree(too_many_lines));
}

TEST(House, NeverSleeps) {
  expect_none(in_tree(sleeping_calls));
}

TEST(House, LeavesNothingForNow) {
  expect_none(in_tree(work_left_for_now));
}

TEST(House, TestsEverySource) {
  expect_none(sources_without_test(tree(), untested()));
}

TEST(House, IncludesEachHeaderFirstInItsSource) {
  expect_none(own_header_not_first(tree()));
}

TEST(House, BuildsEverySource) {
  expect_none(sources_without_build(tree()));
}

}  // namespace
}  // namespace ledger::lint::lint_test
