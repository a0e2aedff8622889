// A report of a sanitizer in a child process fails the test, even if the child ended as the test expects.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ledger::test {

/// The exit code after a report, as CMakePresets.json sets it. No command of the ledger uses it.
inline constexpr int kSanitizerExitCode = 86;

/// The first line of a sanitizer's report in `output`.
[[nodiscard]] std::optional<std::string> sanitizer_report(std::string_view output);

/// Adds a failure with the whole output to the running test if a sanitizer ended the process or reported anything.
void expect_no_sanitizer_report(const std::string& program, int exit_code, const std::string& output);

}  // namespace ledger::test
