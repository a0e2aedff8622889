// What the requests on one loop share.
#pragma once

#include "server/http/mailbox.h"

#include "domain/event_store.h"

#include <memory>

namespace ledger::server {

/// Owned by the loop, and used on its thread alone once that runs.
struct LoopResources {
  std::shared_ptr<Mailbox> mailbox;     ///< Shared with callbacks that the store has not called yet.
  std::unique_ptr<ShortReader> reader;  ///< Null until the server starts, and again when it has ended.
};

}  // namespace ledger::server
