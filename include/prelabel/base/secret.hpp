#pragma once

#include <string>
#include <utility>

namespace prelabel {

/// A key or password. It has no stream operator and no conversion, so that it cannot reach a log by accident.
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}

    /// The only access to the value: for the code that sends it, and for no other code.
    [[nodiscard]] const std::string& reveal() const { return value_; }
    [[nodiscard]] bool empty() const { return value_.empty(); }

private:
    std::string value_;
};

}  // namespace prelabel
