// Compiles Asio once. All other files see only its declarations.
#include <boost/asio/impl/src.hpp>
