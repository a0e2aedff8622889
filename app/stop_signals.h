// How the service is asked to end: by SIGTERM or SIGINT from outside, or from inside the process.
#pragma once

namespace ledger::app {

/// Waits for the request to end.
///
/// The constructor changes the signals of the whole process, and they stay so: SIGTERM and SIGINT are blocked in the calling thread and in all
/// threads that it starts afterwards, so that wait() receives them. SIGHUP, SIGUSR1, SIGUSR2, SIGPIPE and SIGXFSZ are ignored: writing to a closed
/// pipe or to a file that may not grow is an error code. Construct one object in the main thread.
class StopSignals {
 public:
  /// Throws std::system_error if the kernel refuses a descriptor.
  StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  ~StopSignals();

  /// Makes wait() return. Callable from any thread, as often as wanted.
  void request() const noexcept;

  /// Blocks until SIGTERM or SIGINT arrives or request() was called. Returns the signal's number, 0 for request(). Call it once: afterwards the next
  /// SIGTERM or SIGINT has its default effect and ends the process at once.
  [[nodiscard]] int wait() const;

 private:
  int signals_ = -1;   ///< A signalfd.
  int requests_ = -1;  ///< An eventfd.
};

}  // namespace ledger::app
