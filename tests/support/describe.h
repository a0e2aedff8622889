// Every answer of a store as text, with all that the log and the fold decide: two stores agree when their texts do.
#pragma once

#include "domain/event_store.h"

#include <string>

namespace ledger::test {

[[nodiscard]] std::string describe(const Result<Appended>& outcome);
[[nodiscard]] std::string describe(const Result<QuarantineId>& outcome);
[[nodiscard]] std::string describe(const Result<Association>& association);
[[nodiscard]] std::string describe(const Result<AssociationPage>& page);
[[nodiscard]] std::string describe(const Result<RelationPage>& page);
[[nodiscard]] std::string describe(const Result<DeletionPage>& page);
[[nodiscard]] std::string describe(const Result<EventPage>& page);
[[nodiscard]] std::string describe(const Result<LocationPage>& page);

/// The first line in which two such texts differ, from both; empty when they do not.
[[nodiscard]] std::string difference(const std::string& actual, const std::string& expected);

}  // namespace ledger::test
