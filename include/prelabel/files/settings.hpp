#pragma once

namespace prelabel::files {

/// How tables are read.
struct CsvSettings {
    char delimiter = 0;  ///< between fields; 0: found in the header line
};

}  // namespace prelabel::files
