// When the app was installed in a location, and when it was removed.
#include "domain/installs.h"

#include <gtest/gtest.h>

#include <vector>

namespace ledger::installs_test {
namespace {

Timestamp at(int second) {
  return Timestamp{std::chrono::seconds{second}};
}

FoldEvent dated(EventKind kind, int second) {
  FoldEvent event;
  event.kind = kind;
  event.effective_at = at(second);
  event.is_dated = true;
  return event;
}

Installs extended(const std::vector<FoldEvent>& events) {
  Installs installs;
  for (const FoldEvent& event : events) extend(installs, event);
  return installs;
}

TEST(ExtendInstalls, KeepsTheLastInstallAndALaterUninstall) {
  const FoldEvent install = dated(EventKind::install, 10);
  const FoldEvent uninstall = dated(EventKind::uninstall, 20);
  EXPECT_EQ(extended({install}), (Installs{at(10), std::nullopt}));
  EXPECT_EQ(extended({install, uninstall}), (Installs{at(10), at(20)}));
  EXPECT_EQ(extended({install, uninstall, dated(EventKind::install, 30)}), (Installs{at(30), std::nullopt}));
  EXPECT_EQ(extended({uninstall}), (Installs{std::nullopt, at(20)}));
}

TEST(ExtendInstalls, AConflictChangesNothing) {
  FoldEvent conflict = dated(EventKind::uninstall, 20);
  conflict.is_conflict = true;
  EXPECT_EQ(extended({dated(EventKind::install, 10), conflict}), (Installs{at(10), std::nullopt}));
}

TEST(SortsLastOfInstalls, IsCertainOfALaterTimeAndOfAnUndatedEventOfTheSameTime) {
  const Installs removed{at(10), at(20)};
  EXPECT_TRUE(sorts_last(Installs{}, dated(EventKind::install, 1)));
  EXPECT_FALSE(sorts_last(removed, dated(EventKind::install, 15)));
  EXPECT_FALSE(sorts_last(removed, dated(EventKind::install, 20)));
  EXPECT_TRUE(sorts_last(removed, dated(EventKind::install, 21)));
  FoldEvent undated = dated(EventKind::install, 20);
  undated.is_dated = false;
  EXPECT_TRUE(sorts_last(removed, undated));
}

TEST(ArrivalFlagsOfInstalls, CallAnEventLateThatLiesBeforeTheLastOne) {
  const Installs removed{at(10), at(20)};
  EXPECT_TRUE(arrival_flags(removed, dated(EventKind::install, 15)).has(EventFlag::late));
  EXPECT_EQ(arrival_flags(removed, dated(EventKind::install, 20)), EventFlags{});
  EXPECT_EQ(arrival_flags(Installs{}, dated(EventKind::install, 1)), EventFlags{});
}

}  // namespace
}  // namespace ledger::installs_test
