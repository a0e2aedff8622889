// Waiting for work that comes in quick succession, without going to sleep in between.
#pragma once

#include <chrono>
#include <thread>

namespace ledger {

/// How a thread waits for its next work. To wake one that sleeps takes long where its core has gone idle too, some 30 µs on the virtual machines that
/// we measured (2026-11-27), and a delivery that waits for a commit of its own passes from thread to thread four times. So while work comes at once,
/// the thread looks for more a little while before it sleeps, and lets others have the core in between; where it came later, the next wait is a sleep
/// from the beginning. At most kPatience of a core for each piece of work is what that costs. Not thread-safe: each thread has its own. `Clock` is
/// for tests.
template <class Clock = std::chrono::steady_clock>
class IdlePoll {
 public:
  /// A commit with nobody else in it takes 150 to 300 µs on the disks that we measured: a thread that waits for it should not sleep.
  static constexpr std::chrono::microseconds kPatience{300};

  /// Returns once `look` was true, or else when `block` returns: that sleeps until there is work. Passes on what either throws.
  template <class Look, class Block>
  void wait(Look look, Block block) {
    const auto begun = Clock::now();
    const auto is_soon = [begun] { return Clock::now() - begun < kPatience; };
    bool found = false;
    while (comes_soon_ && !(found = look()) && is_soon()) std::this_thread::yield();
    if (!found) block();
    comes_soon_ = is_soon();
  }

 private:
  bool comes_soon_ = false;
};

}  // namespace ledger
