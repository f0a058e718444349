#include "files/byte_source.hpp"
#include "files/file_identity.hpp"

#include <prelabel/files/inputs.hpp>

#include <algorithm>
#include <filesystem>
#include <glob.h>
#include <system_error>
#include <unordered_map>
#include <utility>

namespace prelabel::files {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view checkpoint_ending = ".prelabel.json";

bool is_folder(const std::string& path) {
    std::error_code failed;
    return path != "-" && fs::is_directory(path, failed);
}

bool exists(const std::string& path) {
    std::error_code failed;
    return path == "-" || fs::exists(path, failed);
}

class Finder {
public:
    Finder(std::optional<FileFormat> format, const std::vector<std::string>& not_these) : format_(format) {
        for (const auto& path : not_these)
            if (const auto identity = path == "-" ? std::nullopt : identity_of_path(path))
                not_these_.push_back(*identity);
    }

    Result<> add(const std::string& named) {
        const auto before = found_.size();
        if (is_folder(named)) {
            if (const auto read = add_folder(named); !read) return read.error();
            if (found_.size() > before) return {};
            return Error{Fault::config, named +
                                            ": is a folder without a file whose name says that it holds documents: "
                                            ".jsonl, .json, .csv, .tsv, .txt or .conll, also with .gz or .zst, and "
                                            ".parquet"};
        }
        if (exists(named) || named.find_first_of("*?[") == std::string::npos) return add_file(named, {});
        if (const auto read = add_matches(named); !read) return read.error();
        if (found_.size() > before) return {};
        return Error{Fault::config, named + ": matches no file"};
    }

    std::vector<Input> found() {
        const auto name_of = [](const Input& input) { return fs::path(input.path).filename().string(); };
        std::unordered_map<std::string, std::size_t> files;
        for (const auto& input : found_) ++files[name_of(input)];
        for (auto& input : found_)
            if (input.called.empty() && files[name_of(input)] > 1) input.called = input.path;
        return std::move(found_);
    }

private:
    Result<> add_file(const std::string& path, std::string called) {
        if (!exists(path)) return Error{Fault::config, path + ": cannot be read: No such file or directory"};
        if (path == "-")  // it has no second try when its turn comes
            if (const auto opened = ByteSource::open(path); !opened) return opened.error();
        const auto format = format_ ? Result<FileFormat>(*format_) : format_of(path);
        if (!format) return format.error();
        Input input{path, *format};
        input.called = std::move(called);
        found_.push_back(std::move(input));
        return {};
    }

    Result<> add_folder(const std::string& folder) {
        std::vector<std::string> paths;
        std::error_code failed;
        for (fs::recursive_directory_iterator entry(folder, failed), end; !failed && entry != end;
             entry.increment(failed)) {
            const bool hidden = entry->path().filename().string().starts_with('.');
            std::error_code ignored;
            if (hidden && entry->is_directory(ignored)) entry.disable_recursion_pending();
            if (!hidden && entry->is_regular_file(ignored)) paths.push_back(entry->path().string());
        }
        if (failed) return Error{Fault::config, folder + ": cannot be read: " + failed.message()};
        std::ranges::sort(paths);
        for (const auto& path : paths) {
            if (left_out(path) || (!format_ && !format_of(path))) continue;
            if (const auto added = add_file(path, path); !added) return added.error();
        }
        return {};
    }

    Result<> add_matches(const std::string& pattern) {
        glob_t matches{};
        const int outcome = ::glob(pattern.c_str(), 0, nullptr, &matches);
        std::vector<std::string> paths;
        for (std::size_t i = 0; outcome == 0 && i < matches.gl_pathc; ++i) paths.emplace_back(matches.gl_pathv[i]);
        ::globfree(&matches);
        for (const auto& path : paths) {
            if (left_out(path)) continue;
            const auto added = is_folder(path) ? add_folder(path) : add_file(path, path);
            if (!added) return added.error();
        }
        return {};
    }

    [[nodiscard]] bool left_out(const std::string& path) const {
        if (path.ends_with(checkpoint_ending)) return true;
        const auto identity = identity_of_path(path);
        return identity &&
               std::ranges::any_of(not_these_, [&](const auto& other) { return same_file(*identity, other); });
    }

    std::optional<FileFormat> format_;
    std::vector<FileIdentity> not_these_;
    std::vector<Input> found_;
};

}  // namespace

Result<std::vector<Input>> find_inputs(const std::vector<std::string>& named, std::optional<FileFormat> format,
                                       const std::vector<std::string>& not_these) {
    Finder finder(format, not_these);
    for (const auto& one : named)
        if (const auto added = finder.add(one); !added) return added.error();
    return finder.found();
}

}  // namespace prelabel::files
