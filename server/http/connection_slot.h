// The count of the open connections of a listener, kept by one object for each connection.
#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

namespace ledger::server {

/// Counts one connection in `open` for as long as it lives. Move-only. `open` outlives it.
class ConnectionSlot {
 public:
  explicit ConnectionSlot(std::atomic<std::size_t>& open) noexcept : open_(&open) { open_->fetch_add(1); }
  ConnectionSlot(ConnectionSlot&& other) noexcept : open_(std::exchange(other.open_, nullptr)) {}
  ConnectionSlot& operator=(ConnectionSlot&&) = delete;
  ~ConnectionSlot() {
    if (open_ != nullptr) open_->fetch_sub(1);
  }

 private:
  std::atomic<std::size_t>* open_;
};

}  // namespace ledger::server
