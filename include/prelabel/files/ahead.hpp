#pragma once

namespace prelabel::files {

/// What a reader can give now, without waiting.
enum class Ahead {
    ready,  ///< the next one, or the end
    wait,   ///< no data until the pipe's writer writes
    busy    ///< a part of the next one: let other work run and ask again
};

}  // namespace prelabel::files
