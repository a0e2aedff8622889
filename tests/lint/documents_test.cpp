// Every document links only to files that exist.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

namespace ledger::lint::readme_test {
namespace {

namespace fs = std::filesystem;

/// Every Markdown file of the project, without what builds and packages put there.
std::vector<fs::path> documents() {
  constexpr std::array kForeign = {"build", ".git", "node_modules"};
  std::vector<fs::path> found;
  for (fs::recursive_directory_iterator entry(LEDGER_SOURCE_DIR), end; entry != end; ++entry) {
    const std::string name = entry->path().filename();
    if (std::find(kForeign.begin(), kForeign.end(), name) != kForeign.end()) entry.disable_recursion_pending();
    if (entry->path().extension() == ".md") found.push_back(entry->path());
  }
  return found;
}

/// The paths that a document links to, without addresses on the web and without the part after '#'.
std::vector<std::string> linked_paths(const fs::path& document) {
  static const std::regex link(R"(\]\(([^):#]+)(#[^)]*)?\))");
  std::ifstream file(document);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  std::vector<std::string> paths;
  for (std::sregex_iterator match(text.begin(), text.end(), link); match != std::sregex_iterator(); ++match) paths.push_back((*match)[1]);
  return paths;
}

TEST(Documents, LinkOnlyToFilesThatExist) {
  std::size_t links = 0;
  for (const fs::path& document : documents()) {
    for (const std::string& path : linked_paths(document)) {
      ++links;
      EXPECT_TRUE(fs::exists(document.parent_path() / path)) << document << " links to " << path;
    }
  }
  EXPECT_GT(links, 0U);
}

}  // namespace
}  // namespace ledger::lint::readme_test
