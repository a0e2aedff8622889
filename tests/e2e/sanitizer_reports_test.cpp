// A sanitizer's report in a child fails the test: with given texts, and with a child that has the fault.
#include "tests/e2e/sanitizer_reports.h"

#include "tests/e2e/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest-spi.h>

#include <string>
#include <string_view>
#include <vector>

namespace ledger::test::sanitizer_reports_test {
namespace {

TEST(SanitizerReports, AreFoundByTheirFirstLine) {
  const std::string address = "==7==ERROR: AddressSanitizer: heap-use-after-free on address 0x1";
  EXPECT_EQ(sanitizer_report("{\"event\":\"ready\"}\n=====\n" + address + "\n    #0 main\n"), address);
  for (const char* line : {"==7==ERROR: LeakSanitizer: detected memory leaks", "AddressSanitizer:DEADLYSIGNAL",
                           "WARNING: ThreadSanitizer: data race (pid=7)", "storage/a.cpp:3:5: runtime error: signed integer overflow"}) {
    EXPECT_EQ(sanitizer_report(line), line);
  }
}

TEST(SanitizerReports, AreNotFoundInLogLines) {
  EXPECT_EQ(sanitizer_report(""), std::nullopt);
  EXPECT_EQ(sanitizer_report("{\"event\":\"store_poisoned\",\"error\":\"disk I/O error\"}\n"), std::nullopt);
}

TEST(SanitizerReports, FailTheTestEvenWithoutTheirText) {
  EXPECT_NONFATAL_FAILURE(expect_no_sanitizer_report("child", kSanitizerExitCode, ""), "a sanitizer reported in child");
  expect_no_sanitizer_report("child", 1, "an ordinary failure");
}

/// The faults of broken_child that the sanitizers of this build must find.
std::vector<std::string> watched_faults() {
  std::vector<std::string> faults;
  const std::string_view sanitizers = LEDGER_SANITIZE;
  if (sanitizers.find("address") != std::string_view::npos) faults.insert(faults.end(), {"memory", "leak"});
  if (sanitizers.find("undefined") != std::string_view::npos) faults.emplace_back("arithmetic");
  if (sanitizers.find("thread") != std::string_view::npos) faults.emplace_back("race");
  return faults;
}

TEST(SanitizerReports, OfAChildFailTheTestThatRanIt) {
  const std::vector<std::string> faults = watched_faults();
  EXPECT_EQ(faults.empty(), std::string_view(LEDGER_SANITIZE).empty()) << "this build is watched by something that no fault here shows";
  for (const std::string& fault : faults) {
    SCOPED_TRACE(fault);
    ToolResult result;
    EXPECT_NONFATAL_FAILURE(result = run_tool(LEDGER_BROKEN_CHILD, {fault}), "a sanitizer reported in ");
    EXPECT_EQ(result.end.exit_code, kSanitizerExitCode) << "run by ctest, which passes the options of CMakePresets.json on?";
  }
}

}  // namespace
}  // namespace ledger::test::sanitizer_reports_test
