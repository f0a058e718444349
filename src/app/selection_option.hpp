#pragma once

#include <prelabel/files/selection.hpp>

#include <CLI/CLI.hpp>

namespace prelabel::app {

/// `--limit N`, or `--sample N --seed S`: the same for every command that can do with some of the documents.
struct SelectionOption {
    files::Selection selection;

    void add_to(CLI::App& command);
};

}  // namespace prelabel::app
