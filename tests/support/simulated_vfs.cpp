// A sqlite3_vfs over a simulated disk: what tests do with it.
#include "tests/support/simulated_vfs.h"

#include "domain/check.h"
#include "tests/support/simulated_vfs_impl.h"

#include <atomic>
#include <utility>

namespace ledger::test {
namespace {

bool changes_disk(Operation operation) {
  switch (operation) {
    case Operation::open:
    case Operation::remove:
    case Operation::write:
    case Operation::truncate:
    case Operation::sync: return true;
    case Operation::read:
    case Operation::measure:
    case Operation::lock:
    case Operation::map_shared:
    case Operation::lock_shared:
    case Operation::wait: return false;
  }
  return false;
}

}  // namespace

Verdict SimulatedVfs::Impl::judge(const Access& access, std::uint64_t handle_generation) {
  if (ended || handle_generation != generation) return {SQLITE_IOERR};
  ++counts[index(access.operation)][static_cast<std::size_t>(access.file)];
  if (fault && fault->operation == access.operation && fault->file == access.file) {
    if (fault->after > 0) {
      --fault->after;
    } else if (!struck || fault->extent == Fault::Extent::from_then_on) {
      struck = true;
      return {fault->sqlite_code, fault->effect == Fault::Effect::half};
    }
  }
  if (changes_disk(access.operation) && changes++ == end_at) {
    ended = true;
    return {SQLITE_IOERR, false, true};
  }
  return {};
}

void SimulatedVfs::Impl::next_generation() {
  ++generation;
  ended = false;
  end_at.reset();
  locks.clear();
}

SimulatedVfs::SimulatedVfs(std::uint64_t seed, Users users) : impl_(std::make_unique<Impl>(seed, users)) {
  static std::atomic<int> made{0};
  impl_->name = "simulated-" + std::to_string(++made);
  sqlite3_vfs& vfs = impl_->vfs;
  vfs.zName = impl_->name.c_str();
  vfs.pAppData = impl_.get();
  install_methods(vfs);
  LEDGER_CHECK(sqlite3_vfs_register(&vfs, 0) == SQLITE_OK);
}

SimulatedVfs::~SimulatedVfs() {
  sqlite3_vfs_unregister(&impl_->vfs);
}

const std::string& SimulatedVfs::name() const noexcept {
  return impl_->name;
}

SimulatedDisk SimulatedVfs::image() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->disk;
}

void SimulatedVfs::load(const SimulatedDisk& image) {
  const std::lock_guard lock(impl_->mutex);
  impl_->disk = image;
  impl_->next_generation();
}

std::size_t SimulatedVfs::file_bytes(const std::string& path) const {
  const std::lock_guard lock(impl_->mutex);
  const SimulatedDisk::FilePtr found = impl_->disk.find(path);
  return found ? found->bytes().size() : 0;
}

void SimulatedVfs::fail(const Fault& fault) {
  const std::lock_guard lock(impl_->mutex);
  impl_->fault = fault;
  impl_->struck = false;
}

void SimulatedVfs::heal() {
  const std::lock_guard lock(impl_->mutex);
  impl_->fault.reset();
  impl_->struck = false;
}

bool SimulatedVfs::has_struck() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->struck;
}

std::size_t SimulatedVfs::count(Operation operation, FileKind file) const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->counts[Impl::index(operation)][static_cast<std::size_t>(file)];
}

std::size_t SimulatedVfs::changes() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->changes;
}

void SimulatedVfs::end_at(std::size_t change) {
  const std::lock_guard lock(impl_->mutex);
  impl_->end_at = change;
}

bool SimulatedVfs::has_ended() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->ended;
}

void SimulatedVfs::kill_process() {
  const std::lock_guard lock(impl_->mutex);
  impl_->next_generation();
}

void SimulatedVfs::cut_power() {
  const std::lock_guard lock(impl_->mutex);
  impl_->disk.cut_power(impl_->random);
  impl_->next_generation();
}

void SimulatedVfs::watch(std::function<void(const Access&)> watcher) {
  const std::lock_guard lock(impl_->mutex);
  impl_->watcher = std::move(watcher);
}

}  // namespace ledger::test
