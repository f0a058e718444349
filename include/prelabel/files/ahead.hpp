#pragma once

namespace prelabel::files {

/// What a reader would find now, without waiting.
enum class Ahead {
    ready,  ///< the next one, or the end
    wait,   ///< nothing before somebody writes
    busy    ///< a part of the next one: give others a turn and ask again
};

}  // namespace prelabel::files
