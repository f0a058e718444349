#pragma once

#include <prelabel/base/result.hpp>
#include <prelabel/files/file_source.hpp>

#include <optional>
#include <string>
#include <vector>

namespace prelabel::files {

/// The files that are meant by what stands on a command line.
///
///   a file, `-`     itself
///   a folder        the files in it and below it whose names say their format, by path; all of them with `format`
///   `data/*.csv`    what glob(7) matches, by path, where the shell left it as it is
///
/// Left out of folders and globs: hidden files, `not_these` (what a run writes) and its checkpoints. The ids that
/// readers make have the path of files from there and of files that share their name with another; of others the name.
/// Errors: Fault::config for what is not there, an unknown format, and a folder or glob without files.
[[nodiscard]] Result<std::vector<Input>> find_inputs(const std::vector<std::string>& named,
                                                     std::optional<FileFormat> format,
                                                     const std::vector<std::string>& not_these = {});

}  // namespace prelabel::files
