// The connections of one listener on one loop that wait for a request.
#pragma once

#include "server/http/stream_socket.h"

#include <atomic>
#include <chrono>
#include <list>

namespace ledger::server {

/// A list of idle connections, the longest idle first. At its limit a listener closes the longest idle connection to make room for a new one.
/// For the loop's thread only, except oldest().
class IdleConnections {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  IdleConnections() = default;
  IdleConnections(const IdleConnections&) = delete;
  IdleConnections& operator=(const IdleConnections&) = delete;

  /// When the longest idle connection became idle; TimePoint::max() if none is idle. Any thread.
  [[nodiscard]] TimePoint oldest() const noexcept { return oldest_.load(std::memory_order_relaxed); }

  /// Cancels the wait of the longest idle connection that no request has reached. False if there is none.
  bool close_longest() noexcept;
  /// Cancels the wait of every idle connection that no request has reached.
  void close_all() noexcept;

  /// Keeps a connection in the list for as long as the entry lives: while a read waits for the first byte of a request. The references outlive it.
  class Entry {
   public:
    /// REQUIRES that `since` is not before the time of any earlier entry.
    Entry(IdleConnections& list, StreamSocket& socket, TimePoint since);
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    ~Entry();

   private:
    /// False if a request has reached the socket: it will be served.
    bool cancel() const noexcept;

    IdleConnections& list_;
    StreamSocket& socket_;
    const TimePoint since_;
    std::list<Entry*>::iterator place_;

    friend class IdleConnections;
  };

 private:
  void update_oldest() noexcept;

  std::list<Entry*> entries_;
  std::atomic<TimePoint> oldest_{TimePoint::max()};
};

}  // namespace ledger::server
