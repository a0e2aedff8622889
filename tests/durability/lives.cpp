// What ledgers of these tests go through.
#include "tests/durability/lives.h"

#include <chrono>
#include <functional>

namespace ledger::test {
namespace {

/// As a supervisor would: started when it is not there, ended when it asks for it.
void commit(LedgerRig& rig, std::size_t size) {
  if (!rig.is_running() && !rig.start()) return;
  rig.commit(size);
  if (!rig.is_poisoned() || rig.vfs().has_ended()) return;
  rig.crash(LedgerRig::Crash::killed);
}

void idle(LedgerRig& rig) {
  if (rig.is_running()) rig.idle();
}

void stop(LedgerRig& rig) {
  if (rig.is_running()) rig.stop();
}

}  // namespace

void live_once(LedgerRig& rig) {
  const std::vector<std::function<void()>> steps = {
      [&] { commit(rig, 1); }, [&] { commit(rig, 8); }, [&] { commit(rig, 3); }, [&] { idle(rig); },      [&] { commit(rig, 2); }, [&] { stop(rig); },
      [&] { rig.rebuild(); },  [&] { commit(rig, 9); }, [&] { commit(rig, 1); }, [&] { commit(rig, 1); }, [&] { commit(rig, 4); }, [&] { stop(rig); },
  };
  for (const auto& step : steps) {
    step();
    if (rig.vfs().has_ended() || !rig.problem().empty()) return;
  }
}

void live_briefly(LedgerRig& rig) {
  commit(rig, 8);
  commit(rig, 3);
  stop(rig);
}

void live_a_step(LedgerRig& rig) {
  Random& random = rig.random();
  rig.clock().advance(std::chrono::milliseconds(random.below(3)));
  if (rig.is_running() && random.chance(8)) return rig.stop();
  if (rig.is_running() && random.chance(10)) return rig.idle();
  if (!rig.is_running() && random.chance(20)) rig.rebuild();
  commit(rig, 1 + random.below(5));
}

void come_back(LedgerRig& rig, LedgerRig::Crash how) {
  Returns().come_back(rig, how);
}

void Returns::come_back(LedgerRig& rig, LedgerRig::Crash how) {
  rig.crash(how);
  rig.vfs().heal();
  if (!rig.problem().empty() || !known_.insert(rig.fingerprint()).second || !rig.start()) return;
  rig.commit(4);
  rig.stop();
  if (rig.start()) rig.stop();
}

const SimulatedDisk& fresh_ledger() {
  static const SimulatedDisk image = [] {
    LedgerRig rig(1, {});
    rig.start();
    rig.stop();
    return rig.vfs().image();
  }();
  return image;
}

}  // namespace ledger::test
