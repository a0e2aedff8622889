// A report of a sanitizer in a child process fails the test.
#include "tests/e2e/sanitizer_reports.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace ledger::test {
namespace {

constexpr std::array<std::string_view, 7> kMarks = {
    "ERROR: AddressSanitizer",      "ERROR: LeakSanitizer", "AddressSanitizer:DEADLYSIGNAL", "WARNING: ThreadSanitizer",
    "ThreadSanitizer:DEADLYSIGNAL", ": runtime error: ",    "Sanitizer: CHECK failed"};

}  // namespace

std::optional<std::string> sanitizer_report(std::string_view output) {
  std::size_t first = std::string_view::npos;
  for (const std::string_view mark : kMarks) first = std::min(first, output.find(mark));
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t before = output.rfind('\n', first);
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  return std::string(output.substr(begin, output.find('\n', first) - begin));
}

void expect_no_sanitizer_report(const std::string& program, int exit_code, const std::string& output) {
  const std::optional<std::string> report = sanitizer_report(output);
  if (!report && exit_code != kSanitizerExitCode) return;
  ADD_FAILURE() << "a sanitizer reported in " << program << ": " << report.value_or("(its report is not in the output)") << "\n" << output;
}

}  // namespace ledger::test
