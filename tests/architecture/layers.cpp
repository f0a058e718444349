#include "layers.hpp"

#include "library_table.hpp"

#include <algorithm>

namespace prelabel::architecture {
namespace {

/// An external dependency: how its headers start, its name in CMakeLists.txt, and whether others may see its types.
struct Dependency {
    std::string_view prefix;
    std::string_view name;  ///< who has it there may include it; empty: every library
    bool in_public_headers = false;
};

/// The first prefix that fits decides, so the narrower stands before the wider.
constexpr Dependency dependencies[] = {
    {"librdkafka/", "rdkafka"},
    {"boost/beast", "beast"},
    {"boost/asio/ssl", "tls"},
    {"openssl/evp.h", "crypto"},
    {"openssl/core_names.h", "crypto"},
    {"openssl/params.h", "crypto"},
    {"openssl/", "tls"},
    {"boost/asio", "asio", true},
    {"boost/system/", {}, true},
    {"boost/assert/", {}, true},
    {"rapidjson/", "rapidjson"},
    {"jsoncons", "jsoncons"},
    {"re2/", "re2"},
    {"yaml-cpp/", "yaml"},
    {"spdlog/", "spdlog"},
    {"prometheus/", "prometheus"},
    {"CLI/", "cli11"},
    {"utf8proc.h", "utf8proc"},
    {"xxhash.h", "xxhash"},
    {"zlib.h", "zlib"},
    {"zstd.h", "zstd"},
};

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

std::string file_name(std::string_view path) { return std::string(path.substr(path.rfind('/') + 1)); }

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
    return text.empty() ? "none" : text;
}

/// "prelabel/flow/x.hpp" → "flow"; private headers are included as "flow/x.hpp".
std::string included_library(std::string_view path, bool& is_private) {
    is_private = !path.starts_with("prelabel/");
    if (!is_private) path.remove_prefix(std::string_view("prelabel/").size());
    const auto slash = path.find('/');
    return slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash));
}

std::string edge_trouble(const Library& from, std::string_view include) {
    bool is_private = false;
    const std::string to = included_library(include, is_private);
    if (to == from.name) return {};
    if (is_private) return find_library(to) ? "private headers of " + to + " are its own" : std::string();
    if (!find_library(to)) return "there is no library " + to + " in CMakeLists.txt";
    if (find_library(to)->layer == Layer::root) return to + " is a program; nobody includes it";
    if (from.layer == Layer::root || contains(from.may_include, to)) return {};
    if (contains(from.only_of, to) && file_name(include) == from.only_header) return {};
    return from.name + " must not know " + to + "; it may include: " + joined(from.may_include);
}

std::string dependency_trouble(const Library& from, std::string_view include, bool in_public_header) {
    for (const auto& dependency : dependencies) {
        if (!include.starts_with(dependency.prefix)) continue;
        if (!dependency.name.empty() && !contains(from.external, dependency.name))
            return from.name + " has no " + std::string(dependency.name) + " in CMakeLists.txt";
        if (in_public_header && !dependency.in_public_headers)
            return std::string(dependency.prefix) + " stays behind its library: not in a public header";
        return {};
    }
    // What is left is the standard library (no ending, no folder) and,
    // for those who touch the world, the system's C headers.
    const bool standard = include.find_first_of("./") == std::string_view::npos;
    if (standard || (include.ends_with(".h") && from.layer != Layer::pure)) return {};
    if (include.find('/') == std::string_view::npos && include.ends_with(".hpp"))
        return {};  // a private header beside it
    return "nobody owns this dependency (tests/architecture/layers.cpp)";
}

}  // namespace

std::vector<Finding> forbidden_includes(const File& file) {
    const std::string name = library_of(file.path);
    if (name.empty()) return {};
    const Library* library = find_library(name);
    if (!library) return {{file.path, "CMakeLists.txt does not say what " + name + " may include"}};
    std::vector<Finding> findings;
    for (const auto& include : includes_of(file.text)) {
        bool is_private = false;
        const bool ours =
            include.path.starts_with("prelabel/") || find_library(included_library(include.path, is_private));
        const std::string trouble = ours ? edge_trouble(*library, include.path)
                                         : dependency_trouble(*library, include.path, is_public_header(file.path));
        if (!trouble.empty())
            findings.push_back({file.path + ":" + std::to_string(include.line), "<" + include.path + ">: " + trouble});
    }
    return findings;
}

}  // namespace prelabel::architecture
