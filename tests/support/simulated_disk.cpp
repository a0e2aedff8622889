// A disk behind a write cache, in memory.
#include "tests/support/simulated_disk.h"

#include "domain/check.h"

#include <algorithm>
#include <utility>

namespace ledger::test {
namespace {

constexpr std::size_t kSectorBytes = 512;

void overwrite(std::string& content, std::size_t at, std::string_view bytes) {
  if (content.size() < at + bytes.size()) content.resize(at + bytes.size(), '\0');
  content.replace(at, bytes.size(), bytes);
}

/// How likely a change survives one power cut: all of them, none, or something between, so that each kind of luck is met often.
unsigned draw_luck(Random& random) {
  static const std::vector<unsigned> luck = {0, 10, 50, 90, 100};
  return random.pick(luck);
}

/// What one sector keeps of a write.
void survive(std::string& content, std::size_t at, std::string_view bytes, unsigned luck, Random& random) {
  if (!random.chance(luck)) {
    const bool grew_without_data = content.size() < at + bytes.size() && random.chance(20);
    if (grew_without_data) content.resize(at + bytes.size(), '\0');
    return;
  }
  const bool changes_nothing = content.size() >= at + bytes.size() && std::string_view(content).substr(at, bytes.size()) == bytes;
  if (changes_nothing || !random.chance(5)) return overwrite(content, at, bytes);
  // Torn: the front is new; the rest is as it was, or noise.
  const std::size_t front = random.below(bytes.size());
  std::string torn(bytes.substr(0, front));
  if (random.chance(30)) {
    while (torn.size() < bytes.size()) torn.push_back(static_cast<char>(random.below(256)));
  }
  overwrite(content, at, torn);
}

}  // namespace

void SimulatedDisk::File::write(std::size_t at, std::string_view bytes) {
  overwrite(cached_, at, bytes);
  unsynced_.push_back({Change::What::write, at, std::string(bytes)});
}

void SimulatedDisk::File::truncate(std::size_t size) {
  cached_.resize(size, '\0');
  unsynced_.push_back({Change::What::truncate, size, {}});
}

void SimulatedDisk::File::sync() {
  for (const Change& change : unsynced_) {
    if (change.what == Change::What::truncate) {
      durable_.resize(change.at, '\0');
    } else {
      overwrite(durable_, change.at, change.bytes);
    }
  }
  unsynced_.clear();
}

void SimulatedDisk::File::fail_sync(Random& random) {
  durable_ = survivors(random);
  unsynced_.clear();
}

std::string SimulatedDisk::File::survivors(Random& random) const {
  std::string content = durable_;
  const unsigned luck = draw_luck(random);
  for (const Change& change : unsynced_) {
    if (change.what == Change::What::truncate) {
      if (random.chance(luck)) content.resize(change.at, '\0');
      continue;
    }
    for (std::size_t done = 0; done < change.bytes.size();) {
      const std::size_t at = change.at + done;
      const std::size_t size = std::min(change.bytes.size() - done, kSectorBytes - at % kSectorBytes);
      survive(content, at, std::string_view(change.bytes).substr(done, size), luck, random);
      done += size;
    }
  }
  return content;
}

SimulatedDisk::SimulatedDisk(const SimulatedDisk& other) {
  *this = other;
}

SimulatedDisk& SimulatedDisk::operator=(const SimulatedDisk& other) {
  if (this == &other) return *this;
  std::map<FilePtr, FilePtr> copies;
  const auto copy_of = [&copies](const FilePtr& file) -> FilePtr {
    if (!file) return nullptr;
    FilePtr& copy = copies[file];
    if (!copy) copy = std::make_shared<File>(*file);
    return copy;
  };
  cached_.clear();
  durable_.clear();
  unsynced_.clear();
  for (const auto& [name, file] : other.cached_) cached_.emplace(name, copy_of(file));
  for (const auto& [name, file] : other.durable_) durable_.emplace(name, copy_of(file));
  for (const DirectoryChange& change : other.unsynced_) unsynced_.push_back({change.name, copy_of(change.file)});
  return *this;
}

SimulatedDisk::FilePtr SimulatedDisk::find(const std::string& name) const {
  const auto found = cached_.find(name);
  return found == cached_.end() ? nullptr : found->second;
}

SimulatedDisk::FilePtr SimulatedDisk::create(const std::string& name) {
  auto file = std::make_shared<File>();
  LEDGER_CHECK(cached_.emplace(name, file).second);
  unsynced_.push_back({name, file});
  return file;
}

void SimulatedDisk::remove(const std::string& name) {
  LEDGER_CHECK(cached_.erase(name) == 1);
  unsynced_.push_back({name, nullptr});
}

void SimulatedDisk::sync_directory() {
  durable_ = cached_;
  unsynced_.clear();
}

void SimulatedDisk::cut_power(Random& random) {
  const unsigned luck = draw_luck(random);
  for (const DirectoryChange& change : unsynced_) {
    if (!random.chance(luck)) continue;
    if (change.file) {
      durable_[change.name] = change.file;
    } else {
      durable_.erase(change.name);
    }
  }
  // What programs of before the cut still hold is not touched: the disk goes on with files of its own.
  for (auto& [name, file] : durable_) {
    auto survivor = std::make_shared<File>();
    survivor->durable_ = file->survivors(random);
    survivor->cached_ = survivor->durable_;
    file = std::move(survivor);
  }
  cached_ = durable_;
  unsynced_.clear();
}

}  // namespace ledger::test
