// A second implementation of the fold, to hold the first one against.
#pragma once

#include "domain/fold.h"

#include <vector>

namespace ledger::test {

/// As fold() of domain/fold.h. It first splits the sorted events into lives, and then finds each field's last carrier in each life.
[[nodiscard]] FoldedAssociation fold_by_oracle(const AssociationKey& key, const std::vector<FoldEvent>& events);

}  // namespace ledger::test
