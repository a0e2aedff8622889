// What the README says of this project, held against the project.
#include "tests/lint/source_text.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

namespace ledger::lint::readme_test {
namespace {

std::string readme() {
  std::ifstream file(LEDGER_SOURCE_DIR "/README.md");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Every match of `pattern`, by its groups 1 and 2.
std::vector<std::pair<std::string, std::string>> matches(const std::string& text, const std::regex& pattern) {
  std::vector<std::pair<std::string, std::string>> found;
  for (std::sregex_iterator match(text.begin(), text.end(), pattern); match != std::sregex_iterator(); ++match)
    found.emplace_back((*match)[1], (*match)[2]);
  return found;
}

TEST(Readme, NamesOnlyTestsThatExist) {
  std::string tests;
  for (const SourceFile& file : read_tree(LEDGER_SOURCE_DIR)) {
    if (file.path.starts_with("tests/")) tests += file.text;
  }
  const auto named = matches(readme(), std::regex("`([A-Z][A-Za-z]+)\\.([A-Z][A-Za-z]+)`"));
  EXPECT_GE(named.size(), 11U) << "each promise names its test";
  for (const auto& [suite, test] : named) {
    std::string definition = "TEST(_F|_P)?\\(";
    definition.append(suite).append(", ").append(test).append("\\)");
    EXPECT_TRUE(std::regex_search(tests, std::regex(definition))) << suite << "." << test;
  }
}

TEST(Readme, LinksOnlyToFilesThatExist) {
  const auto links = matches(readme(), std::regex("\\]\\(([^):#]+)()\\)"));
  EXPECT_FALSE(links.empty());
  for (const auto& [path, nothing] : links) EXPECT_TRUE(std::filesystem::exists(std::filesystem::path(LEDGER_SOURCE_DIR) / path)) << path;
}

}  // namespace
}  // namespace ledger::lint::readme_test
