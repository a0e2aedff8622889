// The fold of all events of a subject at once, and a second implementation of it to hold the first one against.
#pragma once

#include "domain/subject.h"

#include <vector>

namespace ledger::test {

/// The subject after all of `events`, which may be in any order and have distinct sequences.
[[nodiscard]] FoldedSubject fold(std::vector<FoldEvent> events);
[[nodiscard]] FoldedAssociation fold(AssociationKey key, std::vector<FoldEvent> events);

/// As fold(). It first splits the sorted events into lives, and then finds each field's last carrier in each life.
[[nodiscard]] FoldedAssociation fold_by_oracle(const AssociationKey& key, const std::vector<FoldEvent>& events);

}  // namespace ledger::test
