// The errors of the whole service, and Result, which carries a value or an error.
#pragma once

#include <boost/system/result.hpp>

#include <string>
#include <string_view>

namespace ledger {

/// The kind of a failure, chosen by what the caller must do about it. The list is closed: a new cause is a new `Error::reason`, not a new code.
enum class Errc {
  invalid_request,  ///< The input is wrong. Repeating it unchanged is useless.
  unauthenticated,  ///< The input has no valid signature. Nothing of it was stored.
  not_found,        ///< It was never recorded.
  too_large,        ///< The input exceeds a limit.
  conflict,         ///< The input contradicts what is recorded.
  overloaded,       ///< A bound is reached. Nothing was stored; retry later.
  unavailable,      ///< The store cannot serve now. Nothing was stored; retry later.
  outcome_unknown,  ///< The input may or may not be stored. Retrying is safe: duplicates are recognised.
  internal,         ///< A defect of this service, or a damaged database. Nothing was stored.
};

/// An expected failure. A broken environment and broken code throw instead.
struct Error {
  Errc code = Errc::internal;
  /// The exact cause, kebab-case and stable ("queue-full"): clients decide by it. Static storage.
  std::string_view reason;
  /// One sentence for people, safe to publish: no keys, no paths, no expected signature values.
  std::string detail;

  friend bool operator==(const Error&, const Error&) = default;
};

/// Makes `Result::value()` throw std::logic_error if there is an error. Only code that did not check gets there.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

template <class T>
using Result = boost::system::result<T, Error>;

}  // namespace ledger
