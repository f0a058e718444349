#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace prelabel {

/// Which part of a secret text must not be visible.
enum class Secrecy {
    value,       ///< of an environment variable: hidden as a whole; a part of it, such as one host of many, may be seen
    credential,  ///< a key or password: no eight bytes of it are visible, in any spelling
};

/// Secret texts, and their replacements in a text that leaves the process.
///
///   add("sk-9f3a27", "${KEY}", credential)   "wrong key sk-9f3a27"      →  "wrong key ${KEY}"
///                                            "wrong key sk-9f3a27…"     →  also if it was cut, or quoted in part
///
/// A credential is also found percent-encoded, escaped as JSON and in base64. Texts of fewer than eight bytes are
/// replaced if they stand alone, unless they are words or numbers: these would be found everywhere.
/// Bound: 1,000 secrets, the oldest are forgotten first; 64 KiB of each.   Cost: a look-up per byte of text.
class Redaction {
public:
    /// No change if the text is too short for a secret, or known already.
    void add(std::string_view secret, std::string_view shown_as, Secrecy secrecy);

    [[nodiscard]] std::string apply(std::string_view text) const;

private:
    struct Entry {
        std::string secret;
        std::string shown_as;
        Secrecy secrecy;
        bool in_parts;  ///< any eight bytes of it count
    };
    using Cover = std::vector<const Entry*>;  ///< of each byte of a text

    void index(const Entry& entry);
    void cover_parts(std::string_view text, Cover& cover) const;
    void cover_wholes(std::string_view text, Cover& cover) const;

    std::deque<Entry> entries_;
    std::unordered_map<std::uint64_t, const Entry*> parts_;  ///< every eight bytes in a row of every credential
};

/// Adds a text that must not leave this process. Threads: any.
void keep_secret(std::string_view secret, std::string_view shown_as = "***", Secrecy secrecy = Secrecy::credential);

/// The text without the secrets of this process: for every text that a person, a log or another system may see.
/// Threads: any.
[[nodiscard]] std::string redacted(std::string_view text);

/// Whether the value at a key of this name is a credential: "sasl.password", "ssl.key.pem", "access_token".
[[nodiscard]] bool names_a_secret(std::string_view key);

}  // namespace prelabel
