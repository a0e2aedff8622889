// The block that the README gives to copy prints what the README shows below it.
#include "tests/e2e/service.h"
#include "tests/support/temp_directory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace ledger::test::readme_test {
namespace {

std::string readme() {
  std::ifstream file(LEDGER_SOURCE_DIR "/README.md");
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// The first fenced block of `language`, without its fences; empty if there is none.
std::string block(const std::string& text, const std::string& language) {
  const std::string fence = "\n```" + language + "\n";
  const std::size_t begin = text.find(fence);
  if (begin == std::string::npos) return "";
  const std::size_t first = begin + fence.size();
  return text.substr(first, text.find("```", first) - first);
}

void replace(std::string& text, std::string_view old_text, std::string_view new_text) {
  std::size_t place = text.find(old_text);
  ASSERT_NE(place, std::string::npos) << old_text << " is not in:\n" << text;
  for (; place != std::string::npos; place = text.find(old_text, place + new_text.size())) text.replace(place, old_text.size(), new_text);
}

/// The README wraps a long line of JSON.
std::string on_one_line(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), '\n'), text.end());
  return text;
}

TEST(Readme, BlockToCopyPrintsWhatIsShownBelowIt) {
  const TempDirectory directory;
  const std::string database = directory.file("ledger.db");
  const Service service(database);
  std::string script = block(readme(), "sh");
  // The test runs the same binary on free ports, so it takes out the lines that build it, start it and stop it.
  replace(script, "./dev build\n", "");
  replace(script, "./dev run --log-level error &\n", "");
  replace(script, "kill $!\n", "");
  replace(script, "127.0.0.1:8080", "127.0.0.1:" + std::to_string(service.port()));
  replace(script, "127.0.0.1:8081", "127.0.0.1:" + std::to_string(service.ops_port()));
  replace(script, "data/ledger.db", database);
  const ToolResult ran = run_tool("sh", {"-euc", "cd " LEDGER_SOURCE_DIR "\n" + script});
  EXPECT_EQ(ran.end.exit_code, 0) << ran.error;
  EXPECT_EQ(on_one_line(ran.out), on_one_line(block(readme(), "text")));
}

}  // namespace
}  // namespace ledger::test::readme_test
