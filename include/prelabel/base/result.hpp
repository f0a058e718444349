#pragma once

#include <prelabel/base/expects.hpp>

#include <string>
#include <utility>

#include <boost/system/result.hpp>

namespace prelabel {

/// Who can mend a failed operation.
enum class Fault {
    input,       ///< whoever wrote the document or file
    config,      ///< whoever wrote the configuration or typed the command
    dependency,  ///< whoever runs the broker, the model or the disk; trying again may help
    cancelled,   ///< nobody: we were asked to stop
};

/// A failed operation: who can mend it, and a sentence that says what, where and what to do.
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
