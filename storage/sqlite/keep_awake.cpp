// A thread that takes the writer's core while nobody else wants it.
#include "storage/sqlite/keep_awake.h"

#include <pthread.h>
#include <sched.h>

#include <cstddef>
#include <utility>

namespace ledger::storage {
namespace {

using std::chrono::steady_clock;

/// To offer the core is a call of the kernel, and while it lasts an interrupt of the disk may have to wait.
constexpr unsigned kLooksPerOffer = 16;

}  // namespace

KeepAwake::KeepAwake() : thread_([this] { run(); }) {
  constexpr sched_param kNoPriority{};
  is_lowest_ = pthread_setschedparam(thread_.native_handle(), SCHED_IDLE, &kNoPriority) == 0;
}

KeepAwake::~KeepAwake() {
  state_ = State::ended;
  state_.notify_one();
  thread_.join();
}

void KeepAwake::begin() noexcept {
  const steady_clock::time_point now = steady_clock::now();
  if (now - std::exchange(last_began_, now) >= kPatience || !follow()) return;
  state_ = State::awake;
  state_.notify_one();
}

/// Whether the thread is bound to the core that the caller is on. On any other it would be in somebody's way.
bool KeepAwake::follow() noexcept {
  const int core = sched_getcpu();
  if (!is_lowest_ || core < 0) return false;
  if (core == core_) return true;
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(static_cast<std::size_t>(core), &cores);
  if (pthread_setaffinity_np(thread_.native_handle(), sizeof cores, &cores) != 0) return false;
  core_ = core;
  return true;
}

void KeepAwake::run() noexcept {
  while (state_ != State::ended) {
    state_.wait(State::asleep);
    const auto begun = steady_clock::now();
    for (unsigned looks = 0; is_awake() && steady_clock::now() - begun < kPatience; ++looks) {
      // A thread that is woken has the core at once. One that waited for it when this one was picked would else wait on for some milliseconds.
      if (looks % kLooksPerOffer == 0) std::this_thread::yield();
    }
    State awake = State::awake;
    state_.compare_exchange_strong(awake, State::asleep);
  }
}

}  // namespace ledger::storage
