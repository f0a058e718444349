#include "files/dead_letter_line.hpp"
#include "files/output_file.hpp"

#include <prelabel/base/expects.hpp>
#include <prelabel/files/file_sink.hpp>

#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

namespace prelabel::files {
namespace {

constexpr std::size_t bytes_at_once = 1U << 20;

}  // namespace

Result<std::unique_ptr<FileSink>> FileSink::open(OutputPaths paths, InputOrder& order) {
    std::error_code absent;
    if (!paths.resume && std::filesystem::file_size(paths.dead_letters, absent) > 0 && !absent)
        return Error{Fault::config, paths.dead_letters + ": exists already; resume it (--resume), or remove it"};
    auto output = OutputFile::open(paths.output, paths.resume);
    if (!output) return output.error();
    return std::unique_ptr<FileSink>(new FileSink(std::move(paths), order, std::move(*output)));
}

FileSink::FileSink(OutputPaths paths, InputOrder& order, std::unique_ptr<OutputFile> output)
    : paths_(std::move(paths)), order_(order), output_(std::move(output)) {}

FileSink::~FileSink() = default;

std::string FileSink::dead_letters_beside(const std::string& output) {
    constexpr std::string_view ending = ".jsonl";
    if (output == "-") return "prelabel.dead_letters.jsonl";
    const auto stem = output.ends_with(ending) ? output.substr(0, output.size() - ending.size()) : output;
    return stem + ".dead_letters.jsonl";
}

pipeline::Task<Result<>> FileSink::write(pipeline::Output output) {
    expects(!closing_, "nothing is written after close");
    Waiting own{output.kind, output.origin, {}, {}};
    own.line =
        output.kind == pipeline::OutputKind::dead_letter ? dead_letter_line(output) : std::move(output.value) + '\n';
    const auto place = order_.place(own.origin);
    expects(place.has_value(), "an output's input was read and is not written yet");
    waiting_.emplace(*place, &own);
    if (!draining_) co_await drain();
    co_return co_await own.written.wait();
}

pipeline::Task<> FileSink::close() {
    closing_ = true;
    if (draining_) {
        pipeline::Signal<pipeline::Done> drained;
        drained_ = &drained;
        co_await drained.wait();
    } else {
        co_await drain();
    }
    // What could not be flushed is in the file as far as this process can tell; a resumed run would find it missing.
    static_cast<void>(output_->sync());
    if (dead_letters_) static_cast<void>(dead_letters_->sync());
}

bool FileSink::ready() const { return !waiting_.empty() && (closing_ || waiting_.begin()->first == next_); }

std::vector<FileSink::Waiting*> FileSink::take_ready(std::string& lines) {
    std::vector<Waiting*> taken;
    auto place = next_;
    for (auto at = waiting_.begin(); at != waiting_.end(); at = waiting_.erase(at)) {
        const auto& [this_place, output] = *at;
        if (this_place != place && !closing_) break;
        if (!taken.empty() && (output->kind != taken.front()->kind || lines.size() >= bytes_at_once)) break;
        lines += output->line;
        taken.push_back(output);
        place = this_place + 1;
    }
    return taken;
}

pipeline::Task<> FileSink::drain() {
    draining_ = true;
    bool failed = false;
    while (ready() && !failed) {
        std::string ready_lines;
        const auto taken = take_ready(ready_lines);
        const auto kind = taken.front()->kind;
        auto lines = std::make_shared<const std::string>(std::move(ready_lines));
        const Result<> written = co_await append(kind, std::move(lines));
        failed = !written;
        for (auto* output : taken) {
            if (written) {
                next_ = *order_.place(output->origin) + 1;
                order_.written(output->origin);
            }
            output->written.set(written);
        }
    }
    if (closing_)  // what is left cannot be written: the file has failed
        for (const auto& [place, output] : std::exchange(waiting_, {}))
            output->written.set(Error{Fault::dependency, paths_.output + ": closed after a failed write"});
    draining_ = false;
    if (drained_ != nullptr) std::exchange(drained_, nullptr)->set({});
}

pipeline::Task<Result<>> FileSink::append(pipeline::OutputKind kind, std::shared_ptr<const std::string> lines) {
    if (kind == pipeline::OutputKind::annotation) {
        auto written = co_await output_->append(std::move(lines));
        co_return written;
    }
    if (!dead_letters_) {
        auto opened = OutputFile::open(paths_.dead_letters, paths_.resume);
        if (!opened) co_return Error{Fault::dependency, opened.error().message};
        dead_letters_ = std::move(*opened);
    }
    auto written = co_await dead_letters_->append(std::move(lines));
    co_return written;
}

}  // namespace prelabel::files
