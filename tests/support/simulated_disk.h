// A disk behind a write cache, in memory: what was written is there until the power goes, what was synced is there afterwards, too.
//
// The model is that of a POSIX file system on a drive that may lie about order but not about a sync:
//   - a write or a truncation is seen at once by everybody, and is durable when its file is synced;
//   - a name made or removed is seen at once, and is durable when the directory is synced;
//   - at a power cut each sector written since keeps, loses or tears what was written, independently of the others, so that later writes can be there
//     without earlier ones; a file can have grown without its data;
//   - after a failed sync, what did not reach the disk never will unless it is written again, although every reader still sees it: Linux marks
//     the pages clean (Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC 2020).
#pragma once

#include "tests/support/generators.h"

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ledger::test {

/// Not thread-safe. A copy is an image: it shares nothing with the original.
class SimulatedDisk {
 public:
  class File {
   public:
    /// As every program sees it.
    [[nodiscard]] const std::string& bytes() const noexcept { return cached_; }
    void write(std::size_t at, std::string_view bytes);
    void truncate(std::size_t size);
    void sync();
    /// A sync that fails: `random` says what has reached the disk by then.
    void fail_sync(Random& random);

   private:
    friend class SimulatedDisk;
    struct Change {
      enum class What { write, truncate } what;
      std::size_t at;     ///< Of a truncation, the new size.
      std::string bytes;  ///< Of a write.
    };
    [[nodiscard]] std::string survivors(Random& random) const;

    std::string cached_;
    std::string durable_;
    std::vector<Change> unsynced_;
  };
  /// Shared between the directory and whoever has the file open: a file lives on without its name.
  using FilePtr = std::shared_ptr<File>;

  SimulatedDisk() = default;
  SimulatedDisk(const SimulatedDisk& other);
  SimulatedDisk& operator=(const SimulatedDisk& other);
  ~SimulatedDisk() = default;

  /// Null when there is none.
  [[nodiscard]] FilePtr find(const std::string& name) const;
  /// REQUIRES that there is none of that name.
  FilePtr create(const std::string& name);
  /// REQUIRES that there is one.
  void remove(const std::string& name);
  void sync_directory();

  /// The power goes, and comes back: `random` chooses what is left of all that was not synced.
  void cut_power(Random& random);

 private:
  using Directory = std::map<std::string, FilePtr>;
  struct DirectoryChange {
    std::string name;
    FilePtr file;  ///< Null when the name was removed.
  };

  Directory cached_;
  Directory durable_;
  std::vector<DirectoryChange> unsynced_;
};

}  // namespace ledger::test
