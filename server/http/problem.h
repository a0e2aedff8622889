// Refusals as clients see them: RFC 9457 problem documents, each with a type that never changes its meaning.
#pragma once

#include "server/http/http_types.h"

#include "domain/result.h"
#include "domain/webhook_decoder.h"

#include <span>
#include <string_view>

namespace ledger::server {

/// A reason that has a title of its own.
struct KnownReason {
  std::string_view reason;
  int status = 0;  ///< Where the reason alone decides; 0 where the error's code and the route do (http_error.h).
  std::string_view title;
};

/// Every reason that this service gives. docs/http-api.md lists them all.
[[nodiscard]] std::span<const KnownReason> problem_catalogue() noexcept;

/// Null for a reason that stands in no catalogue.
[[nodiscard]] const KnownReason* find_reason(std::string_view reason) noexcept;

/// The document. An unknown reason gets the title of the error's code; `issues` become the member "errors".
[[nodiscard]] Response problem(int status, const Error& error, std::span<const DecodeIssue> issues = {});

/// For reasons of the catalogue that have a status of their own; 500 for others.
[[nodiscard]] Response problem(const Error& error);

}  // namespace ledger::server
