// The stores that the contract of domain/event_store.h is held against, one instantiation each.
#pragma once

#include "domain/event_store.h"
#include "tests/support/blocking_store.h"
#include "tests/support/fake_clock.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ledger::test {

/// A store, empty, with whatever it stands on.
class OpenedStore {
 public:
  virtual ~OpenedStore() = default;
  [[nodiscard]] virtual EventStore& store() = 0;
};

struct Backend {
  std::string name;
  std::function<std::unique_ptr<OpenedStore>(const Clock&)> open;
};

/// The in-memory model and SQLite.
[[nodiscard]] std::vector<Backend> backends();

/// A test of the contract: a fresh store of the backend, and a clock that the test moves.
class EventStoreContract : public testing::TestWithParam<Backend> {
 protected:
  FakeClock clock_;
  std::unique_ptr<OpenedStore> opened_ = GetParam().open(clock_);
  BlockingStore store_{opened_->store()};
};

/// Shorthand for events of tests: `body` is JSON with single quotes.
[[nodiscard]] NewEvent event(std::string body);
[[nodiscard]] AssociationKey key(const char* location, const char* id);

}  // namespace ledger::test
