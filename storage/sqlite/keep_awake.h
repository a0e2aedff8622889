// A core that does not go idle while the writer waits on it for the disk.
#pragma once

#include <atomic>
#include <chrono>
#include <thread>

namespace ledger::storage {

/// Keeps the core of a thread from going idle while that thread waits for the disk. A sync waits twice, until the pages are written and until the
/// disk has emptied its cache; on a virtual machine whose core went idle each of the two is noticed some 10 µs late (2026-11-27;
/// docs/where-the-time-goes.md). So a thread of its own takes the core meanwhile. It is of the lowest policy there is (SCHED_IDLE, sched(7)): whoever
/// wants the core has it at once, and to the scheduler it is still free. One thread at a time waits through it, and destroys
/// it: that takes until the thread had the core once more, some 0.1 s where others keep it busy.
class KeepAwake {
 public:
  /// How long a core is kept awake at a time; and how soon after the last one a wait has to begin. Where deliveries come now and then, other cores
  /// sleep as well, and where groups are large, the cores have work: then it gives nothing. As long as the threads around it look (IdlePoll).
  static constexpr std::chrono::microseconds kPatience{1000};

  /// Throws std::system_error when no thread is to be had. Where the system refuses the policy, no core is kept awake.
  KeepAwake();
  KeepAwake(const KeepAwake&) = delete;
  KeepAwake& operator=(const KeepAwake&) = delete;
  ~KeepAwake();

  /// What `wait` returns, which is called here and now, and must not throw.
  template <class Wait>
  auto during(Wait wait) noexcept {
    begin();
    const auto result = wait();
    state_ = State::asleep;
    return result;
  }

  /// Whether a core is being kept awake. Any thread.
  [[nodiscard]] bool is_awake() const noexcept { return state_ == State::awake; }

 private:
  enum class State : int { asleep, awake, ended };

  void begin() noexcept;
  bool follow() noexcept;
  void run() noexcept;

  std::atomic<State> state_ = State::asleep;
  std::chrono::steady_clock::time_point last_began_;
  bool is_lowest_ = false;
  int core_ = -1;       ///< That the thread is bound to.
  std::thread thread_;  // Last: it uses the others.
};

}  // namespace ledger::storage
