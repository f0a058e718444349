#include "journal/journal_secret.hpp"

#include "journal/crc32c.hpp"

#include <prelabel/base/little_endian.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <string>
#include <system_error>

#include <sys/random.h>

namespace prelabel::journal {
namespace {

constexpr std::string_view head = "prelabel-journal 1 ";
constexpr std::size_t secret_bytes = 32;
constexpr std::size_t file_bytes_max = 4'096;

std::string in_hex(std::string_view bytes) {
    constexpr std::string_view hex_digits = "0123456789abcdef";
    std::string out;
    for (const char c : bytes) {
        out += hex_digits[static_cast<std::uint8_t>(c) >> 4U];
        out += hex_digits[static_cast<std::uint8_t>(c) & 0xFU];
    }
    return out;
}

std::string line_of(std::string_view secret) {
    const auto crc = little_endian(crc32c(secret));
    return std::string(head) + in_hex(secret) + " " + in_hex({crc.data(), crc.size()}) + "\n";
}

std::optional<std::string> secret_in(std::string_view line) {
    if (line.size() < head.size() + 2 * secret_bytes) return std::nullopt;
    std::string secret;
    for (std::size_t i = 0; i < secret_bytes; ++i) {
        int byte = 0;
        for (const char c : line.substr(head.size() + 2 * i, 2))
            byte = byte * 16 + (c >= 'a' && c <= 'f' ? c - 'a' + 10 : c - '0');
        secret += static_cast<char>(byte);
    }
    if (line_of(secret) != line) return std::nullopt;
    return secret;
}

Result<std::string> random_secret() {
    std::string bytes(secret_bytes, '\0');
    // Up to 256 bytes come whole, or not at all.
    while (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
        if (errno != EINTR)
            return Error{Fault::dependency, "no randomness from the system: " + std::system_category().message(errno)};
    return bytes;
}

}  // namespace

Result<Secret> read_or_make_secret(Disk& disk) {
    const auto files = disk.files();
    if (!files) return files.error();
    std::string text;
    if (std::ranges::find(*files, secret_file) != files->end()) {
        const auto file = disk.open(std::string(secret_file));
        if (!file) return file.error();
        text.resize(file_bytes_max);
        const auto read = (*file)->read(0, text);
        if (!read) return read.error();
        text.resize(*read);
    }
    std::optional<std::string> secret;
    std::size_t whole = 0;
    // By length: what ends a line may be what is damaged.
    const std::size_t line_bytes = line_of(std::string(secret_bytes, '\0')).size();
    for (std::size_t at = 0; at < text.size(); at += line_bytes) {
        if (auto found = secret_in(std::string_view(text).substr(at, line_bytes))) {
            ++whole;
            if (!secret) secret = std::move(found);
        }
    }
    if (secret && whole == 2) return Secret(*secret);
    const bool has_answers =
        std::ranges::any_of(*files, [](const std::string& file) { return file.ends_with(".journal"); });
    if (!secret && has_answers)
        return Error{Fault::config, "journal.path " + disk.name() + ": its file `secret` is " +
                                        (text.empty() ? "missing" : "damaged") +
                                        ", and without it no answer in the folder is found; put it back, or empty the "
                                        "folder to begin anew"};
    if (!secret) {
        auto made = random_secret();
        if (!made) return made.error();
        secret = std::move(*made);
    }
    const std::string line = line_of(*secret);
    if (const auto written = disk.replace(std::string(secret_file), line + line); !written) return written.error();
    // Answers that a loss of power leaves are of no use without it.
    const auto file = disk.open(std::string(secret_file));
    if (!file) return file.error();
    if (const auto flushed = (*file)->flush(); !flushed) return flushed.error();
    if (const auto flushed = disk.flush(); !flushed) return flushed.error();
    return Secret(*secret);
}

}  // namespace prelabel::journal
