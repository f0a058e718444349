#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace prelabel::http {

/// Ids for requests, in the form of a UUID: the first half is this client's, at random, the rest is a counter.
/// Some providers and proxies echo one, and then an answer says whose it is; nothing depends on it.
class RequestIds {
public:
    static constexpr std::size_t bytes = 36;

    explicit RequestIds(std::uint64_t client);

    /// The next one. Valid until the one after it is made.
    [[nodiscard]] const std::string& next();

private:
    std::string text_;
    std::uint64_t count_ = 0;
};

/// True when `echoed` is surely an id of the same client for another request; anybody else's id says nothing.
[[nodiscard]] bool is_of_another_request(std::string_view echoed, std::string_view own);

}  // namespace prelabel::http
