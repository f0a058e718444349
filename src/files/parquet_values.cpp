#include "files/child_program.hpp"
#include "files/line_reader.hpp"
#include "files/parquet_rows.hpp"
#include "files/value_reader.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <sys/stat.h>

namespace prelabel::files {
namespace {

// The file is standard input, so DuckDB never sees its name: no quotes, globs or addresses in it can mean anything.
constexpr std::string_view its_name = "/dev/fd/0";
// One thread keeps the order of the rows and writes them as it reads them. Nothing is looked for on the network, and no
// file of the user's has a say.
constexpr std::string_view statements =
    "SET autoinstall_known_extensions = false; SET autoload_known_extensions = false; SET TimeZone = 'UTC'; "
    "SET threads = 1; SET memory_limit = '1GB'; SET temp_directory = ''; "
    "COPY (SELECT (SELECT list({'name': column_name, 'type': column_type}) FROM (DESCRIBE FROM "
    "read_parquet('/dev/fd/0', hive_partitioning = false))) AS columns, (SELECT sum(num_rows) FROM "
    "parquet_file_metadata('/dev/fd/0')) AS rows) TO '/dev/stdout' (FORMAT json); "
    "COPY (FROM read_parquet('/dev/fd/0', hive_partitioning = false)) TO '/dev/stdout' (FORMAT json)";
constexpr std::string_view magic = "PAR1";
constexpr std::string_view encrypted_magic = "PARE";

class ParquetValues final : public ValueReader {
public:
    ParquetValues(ByteSource source, std::unique_ptr<ParquetRows> rows, std::size_t bound)
        : rows_(*rows), lines_(make_line_values(std::move(source), std::move(rows), bound)) {}

    std::optional<Found> advance() override { return lines_->advance(); }
    Ahead look_ahead() override { return lines_->look_ahead(); }
    const PrefixHash& given() const override { return lines_->given(); }
    const ByteSource& source() const override { return lines_->source(); }
    std::optional<double> share() const override { return rows_.share(); }

private:
    const ParquetRows& rows_;  ///< of lines_
    std::unique_ptr<ValueReader> lines_;
};

/// Closed when it is left.
struct OpenFile {
    int descriptor = -1;
    std::uint64_t size = 0;

    OpenFile() = default;
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    ~OpenFile() {
        if (descriptor >= 0) ::close(descriptor);
    }
};

std::string shown(const std::string& path) { return path == "-" ? "standard input" : path; }

/// Opens it and looks at both ends: what is no Parquet at all is said without DuckDB.
Result<> open_parquet(const std::string& path, OpenFile& file) {
    const auto wrong = [&](Fault fault, const std::string& what) { return Error{fault, shown(path) + ": " + what}; };
    file.descriptor = path == "-" ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                                  : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat about {};
    if (file.descriptor < 0 || ::fstat(file.descriptor, &about) != 0)
        return wrong(Fault::config, "cannot be read: " + std::system_category().message(errno));
    if (!S_ISREG(about.st_mode))
        return wrong(Fault::config, "Parquet is read from its end, so it has to be a file, not a pipe");
    file.size = static_cast<std::uint64_t>(about.st_size);
    std::array<char, 4> first{};
    std::array<char, 4> last{};
    const bool read = ::pread(file.descriptor, first.data(), first.size(), 0) == ssize_t{4} &&
                      ::pread(file.descriptor, last.data(), last.size(), about.st_size - 4) == ssize_t{4};
    const std::string_view beginning(first.data(), first.size());
    const std::string_view end(last.data(), last.size());
    if (read && beginning == encrypted_magic)
        return wrong(Fault::input, "is encrypted, which is not supported; write it without encryption");
    if (!read || beginning != magic)
        return wrong(Fault::input, "is no Parquet file" + std::string(about.st_size == 0 ? "; it is empty" : "") +
                                       (beginning.starts_with("\x1f\x8b") || beginning == "\x28\xb5\x2f\xfd"
                                            ? " but an archive; unpack it: Parquet is packed inside"
                                            : ""));
    if (end != magic) return wrong(Fault::input, "ends in the middle of its Parquet; was it cut off?");
    return {};
}

/// Of what DuckDB says: the first line up to what it quotes, which may be a value of the file.
std::string reason_in(const std::string& said, const std::string& path) {
    std::string line = said.substr(0, said.find_first_of("\n\""));
    for (auto at = line.find(its_name); at != std::string::npos; at = line.find(its_name, at + path.size()))
        line.replace(at, its_name.size(), path);
    return line.empty() ? "no reason" : line;
}

Result<> judged(const ProgramEnd& end, const std::string& path, const std::string& program) {
    if (end.good()) return {};
    if (end.signal != 0)
        return Error{Fault::dependency, path + ": " + program + ", which reads it, was ended by signal " +
                                            std::to_string(end.signal) +
                                            (end.signal == SIGKILL ? "; is there enough memory (1 GB)?" : "")};
    return Error{Fault::input, path + ": cannot be read as Parquet; DuckDB says: " + reason_in(end.said, path)};
}

}  // namespace

Result<std::unique_ptr<ValueReader>> make_parquet_values(const std::string& path, const ReadOptions& options) {
    OpenFile file;
    if (const auto opened = open_parquet(path, file); !opened) return opened.error();
    auto started = ChildProgram::start(
        {options.duckdb, "-init", "/dev/null", "-batch", "-bail", "-c", std::string(statements)}, file.descriptor);
    if (!started)
        return Error{Fault::config,
                     shown(path) + ": Parquet is read by DuckDB's program, which cannot be started (" +
                         started.error().message +
                         "); install it: python3 -m venv duckdb && duckdb/bin/pip install duckdb-cli && export "
                         "PRELABEL_DUCKDB=$PWD/duckdb/bin/duckdb"};
    const std::shared_ptr<ChildProgram> child = std::move(*started);
    auto source = ByteSource::of_program(
        path, file.size, child->take_output(),
        [child, path, program = options.duckdb] { return judged(child->finish(), shown(path), program); });
    return std::unique_ptr<ValueReader>(std::make_unique<ParquetValues>(
        std::move(source), std::make_unique<ParquetRows>(shown(path), options), options.record_bytes_max));
}

}  // namespace prelabel::files
