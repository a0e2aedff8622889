// What a sanitizer says inside a child must fail the test: how the child ended can be just what the test expects, or be overtaken by SIGKILL.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ledger::test {

/// With which a watched process ends after a report; CMakePresets.json tells the sanitizers so. No command of ours ends with it.
inline constexpr int kSanitizerExitCode = 86;

/// The first line in `output` by which a sanitizer begins or sums up a report.
[[nodiscard]] std::optional<std::string> sanitizer_report(std::string_view output);

/// Adds one failure to the running test, with the whole output, when a sanitizer ended the process or reported anything.
void expect_no_sanitizer_report(const std::string& program, int exit_code, const std::string& output);

}  // namespace ledger::test
