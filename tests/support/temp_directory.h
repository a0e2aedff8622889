// A directory of its own for each test that needs files.
#pragma once

#include <filesystem>
#include <string>

namespace ledger::test {

/// Made empty, removed with all that is in it.
class TempDirectory {
 public:
  /// Throws std::filesystem::filesystem_error.
  TempDirectory();
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;
  ~TempDirectory();

  [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace ledger::test
