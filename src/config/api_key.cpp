#include <prelabel/base/redaction.hpp>
#include <prelabel/config/api_key.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>
#include <utility>

#include <sys/stat.h>

namespace prelabel::config {
namespace {

constexpr std::size_t key_bytes_max = 64U << 10;
constexpr Duration look_interval = std::chrono::seconds(1);

/// The variable, by name where that is in capitals as names are: many keys could be names, and one may stand there.
std::string variable(const std::string& key, const std::string& name) {
    const bool capitals = std::ranges::none_of(name, [](char c) { return c >= 'a' && c <= 'z'; });
    return key + ".env: the environment variable " + (capitals ? name : std::string("it names"));
}

}  // namespace

ApiKey::ApiKey(ApiKeySource source, Environment environment)
    : ApiKey(std::move(source), Use(), std::move(environment)) {}

ApiKey::ApiKey(ApiKeySource source, Use use, Environment environment)
    : source_(std::move(source)), use_(std::move(use)), environment_(std::move(environment)) {}

Result<Secret> ApiKey::accepted(std::string text, const std::string& where) const {
    keep_secret(text);
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ' || text.back() == '\t'))
        text.pop_back();
    text.erase(0, text.find_first_not_of(" \t\r\n"));
    if (text.empty()) return Error{Fault::config, where + " is empty; expected " + use_.what};
    const char least = use_.may_have_spaces ? ' ' : '!';
    if (!std::ranges::all_of(text, [&](char c) { return c >= least && c < '\x7f'; })) {
        const std::string spaces = use_.may_have_spaces ? "" : "spaces, ";
        return Error{Fault::config, where + " holds " + spaces + "line breaks or non-ASCII characters; expected " +
                                        (use_.may_have_spaces ? use_.what : "one API key")};
    }
    return Secret(std::move(text));
}

Result<Secret> ApiKey::read(TimePoint now) {
    if (source_.empty()) return Secret();
    const bool due = !looked_at_ || now - *looked_at_ >= look_interval;
    if (!key_ || due) {
        looked_at_ = now;
        const auto refreshed = refresh();
        if (!refreshed && !key_) return refreshed.error();
        note(refreshed);
    }
    return *key_;
}

std::optional<ApiKey::News> ApiKey::take_news() { return std::exchange(news_, std::nullopt); }

void ApiKey::note(const Result<>& refreshed) {
    const std::string trouble = refreshed ? std::string() : refreshed.error().message;
    if (trouble == trouble_) return;
    trouble_ = trouble;
    news_ = trouble.empty() ? News{true, where() + " is read again"}
                            : News{false, trouble + "; what was read before is used until then"};
}

std::string ApiKey::where() const { return use_.key + ".file: " + source_.file; }

Result<> ApiKey::refresh() {
    if (source_.env.empty()) return refresh_from_file();
    if (key_) return {};  // a process's environment does not change under it
    auto value = environment_(source_.env);
    if (!value) return Error{Fault::config, variable(use_.key, source_.env) + " is not set"};
    auto key = accepted(std::move(*value), variable(use_.key, source_.env));
    if (!key) return key.error();
    key_ = std::move(*key);
    return {};
}

Result<> ApiKey::refresh_from_file() {
    struct stat status {};
    if (::stat(source_.file.c_str(), &status) != 0)
        return Error{Fault::dependency, where() + " cannot be read: " + std::strerror(errno)};
    const Version version{status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec, status.st_ino,
                          status.st_size};
    if (key_ && version_ == version) return {};
    if (!S_ISREG(status.st_mode)) return Error{Fault::config, where() + " is not a file"};
    if (status.st_size > static_cast<off_t>(key_bytes_max))
        return Error{Fault::config, where() + " is larger than 64 KiB; expected " + use_.what};
    std::ifstream stream(source_.file, std::ios::binary);
    std::string text(key_bytes_max, '\0');
    if (!stream.read(text.data(), static_cast<std::streamsize>(text.size())) && !stream.eof())
        return Error{Fault::dependency, where() + " cannot be read: " + std::strerror(errno)};
    text.resize(static_cast<std::size_t>(stream.gcount()));
    // A file that is being written is empty at first.
    const bool is_blank = text.find_first_not_of(" \t\r\n") == std::string::npos;
    auto key = accepted(std::move(text), where());
    if (!key) return Error{is_blank ? Fault::dependency : Fault::config, key.error().message};
    key_ = std::move(*key);
    version_ = version;
    return {};
}

}  // namespace prelabel::config
