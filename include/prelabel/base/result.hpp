#pragma once

#include <prelabel/base/expects.hpp>

#include <string>
#include <utility>

#include <boost/system/result.hpp>

namespace prelabel {

/// Who can fix a failed operation.
enum class Fault {
    input,       ///< the author of the document or file
    config,      ///< the author of the configuration or of the command line
    dependency,  ///< the operator of the broker, the model or the disk; a retry may help
    cancelled,   ///< no one needs to: the operation was asked to stop
};

/// A failed operation: who can fix it, and a sentence that says what failed, where, and what to do.
/// The message never carries document text or secrets.
struct Error {
    Fault fault;
    std::string message;
};

[[noreturn]] inline void throw_exception_from_error(const Error& error, const boost::source_location&) {
    expects(false, error.message.c_str());
    std::abort();
}

/// The outcome of an operation that can fail: `if (!result) return result.error();`
template <class T = void>
using Result = boost::system::result<T, Error>;

}  // namespace prelabel
