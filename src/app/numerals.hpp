#pragma once

#include <cstdint>
#include <string>

namespace prelabel::app {

// Numbers as people read them.

/// The number of decimals is fixed.
[[nodiscard]] std::string rounded(double value, int places);
/// "12,345"
[[nodiscard]] std::string in_thousands(std::uint64_t number);
/// "1 document", "12,345 documents"
[[nodiscard]] std::string counted(std::uint64_t count, const std::string& noun);
/// "2:03", "1:02:03"
[[nodiscard]] std::string clock_time(double seconds);
/// "0.5 docs/s"; per minute where it is slower than one in ten seconds
[[nodiscard]] std::string documents_per_time(double per_second);
/// What was paid: "$0.1235", "less than $0.0001"
[[nodiscard]] std::string dollars(double usd);
/// What was paid where not all of it is known: "at least $0.1235", or "unknown" where that would say nothing
[[nodiscard]] std::string dollars_at_least(double usd);
/// An estimate or a limit: "$12.35", below one dollar "$0.1235"
[[nodiscard]] std::string dollars_and_cents(double usd);
/// A limit that is enough: rounded up, two digits of it at least: "$12.35", "$0.1235", "$0.000013"
[[nodiscard]] std::string dollars_at_most(double usd);

}  // namespace prelabel::app
