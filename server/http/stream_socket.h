// The socket of a connection, whether it came over TCP or from this machine.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>

namespace ledger::server {

/// A socket of ip::tcp or local::stream_protocol can be moved into it.
using StreamSocket = boost::asio::generic::stream_protocol::socket;

}  // namespace ledger::server
