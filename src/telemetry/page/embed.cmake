# cmake -D FOLDER=… -D OUTPUT=… -P embed.cmake: writes the C++ source that holds the files of the live page.
set(files "/=page.html=text/html" "/page.css=page.css=text/css" "/page.js=page.js=text/javascript"
          "/chart.js=chart.js=text/javascript" "/documents.js=documents.js=text/javascript" "/icon.svg=icon.svg=image/svg+xml")
set(rows "")
foreach(file IN LISTS files)
  string(REPLACE "=" ";" parts "${file}")
  list(GET parts 0 path)
  list(GET parts 1 name)
  list(GET parts 2 type)
  file(READ "${FOLDER}/${name}" text)
  string(APPEND rows "    {\"${path}\", \"${type}; charset=utf-8\", R\"page(${text})page\"},\n")
endforeach()
file(CONFIGURE OUTPUT "${OUTPUT}" @ONLY CONTENT [[
// Made by src/telemetry/page/embed.cmake from the files beside it.
#include "telemetry/page_files.hpp"

namespace prelabel::telemetry {

std::span<const PageFile> page_files() {
    static constexpr PageFile files[] = {
@rows@    };
    return files;
}

}  // namespace prelabel::telemetry
]])
file(TOUCH "${OUTPUT}")  # also where nothing has changed: otherwise it is made again in every build
