// Waiting for work that comes in quick succession, without going to sleep in between.
#pragma once

#include <algorithm>
#include <chrono>
#include <thread>

namespace ledger {

/// What passes while a thread looks.
struct ThreadTime {
  static std::chrono::steady_clock::time_point now() noexcept { return std::chrono::steady_clock::now(); }
  /// Offers the core to others.
  static void yield() noexcept { std::this_thread::yield(); }
};

/// How a thread waits for its next work: it sleeps; or, while work comes at once and no other thread wants the core, it looks for work a little while
/// before it sleeps. For to wake a thread takes long where its core has gone idle too, 25 to 30 µs on the virtual machines that we measured
/// (2026-11-27), and a delivery that waits for a commit of its own passes from thread to thread four times. Where there is more to do than that, or
/// less, it only sleeps. Not thread-safe: each thread has its own. `Time` is for tests.
template <class Time = ThreadTime>
class IdlePoll {
 public:
  /// How long it looks, and what it takes for quick. A delivery that waits alone comes round in 200 to 350 µs on the machine that we measured, and in
  /// 350 to 900 µs while its host is busy, where a thread is woken 40 µs late. Longer costs processor time at fewer deliveries a second: from one in
  /// so long on, two threads look all the time.
  static constexpr std::chrono::microseconds kPatience{1000};
  /// Between two looks the core is offered to others. Where one took it for longer than this, work that comes meanwhile would have been better off
  /// with a thread that sleeps, since the scheduler lets one that wakes go first.
  static constexpr std::chrono::microseconds kTurnMax{100};
  /// So many quick waits in a row it sleeps through before it looks: at the start, and after a wait that was not quick or in which another thread
  /// took the core.
  static constexpr int kSleepsAfterLate = 16;
  /// Not more than one wait in so many runs into a thread that takes the core, so that it does not show in a p99. Each of those uses up what that
  /// many waits have saved. Where one comes by now and then, looking goes on at once; where the core is wanted all the time, it mostly sleeps.
  static constexpr int kWaitsPerCrowd = 300;

  /// Returns once `look` was true, or else when `block` returns: that sleeps until there is work. Passes on what either throws.
  template <class Look, class Block>
  void wait(Look look, Block block) {
    const auto begun = Time::now();
    const Seen seen = sleeps_to_go_ == 0 ? look_for_a_while(look, begun) : Seen::nothing;
    if (seen != Seen::work) block();

    waits_saved_ = std::min(waits_saved_ + 1, kWaitsPerCrowd);
    if (seen == Seen::crowd) {
      waits_saved_ -= kWaitsPerCrowd;
      sleeps_to_go_ = std::max(-waits_saved_, kSleepsAfterLate);
    } else if (Time::now() - begun >= kPatience) {
      sleeps_to_go_ = std::max(sleeps_to_go_, kSleepsAfterLate);
    } else {
      sleeps_to_go_ = std::max(sleeps_to_go_ - 1, 0);
    }
  }

 private:
  enum class Seen { work, crowd, nothing };

  template <class Look, class Moment>
  static Seen look_for_a_while(Look& look, Moment begun) {
    while (Time::now() - begun < kPatience) {
      if (look()) return Seen::work;
      const auto offered = Time::now();
      Time::yield();
      if (Time::now() - offered > kTurnMax) return Seen::crowd;
    }
    return Seen::nothing;
  }

  int sleeps_to_go_ = kSleepsAfterLate;
  int waits_saved_ = 0;
};

}  // namespace ledger
