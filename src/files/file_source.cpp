#include "files/draw.hpp"

#include <prelabel/files/file_source.hpp>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <sys/stat.h>

namespace prelabel::files {
namespace {

constexpr std::size_t batch_records_max = 256;
constexpr std::size_t records_before_yield = 1024;

Error stopped() { return {Fault::cancelled, "reading was stopped"}; }

/// The size of a regular file, none for pipes.
Result<std::optional<std::uint64_t>> look_at(const std::string& path) {
    using Size = std::optional<std::uint64_t>;
    if (path == "-") return Size();
    struct stat about {};
    if (::stat(path.c_str(), &about) != 0 || ::access(path.c_str(), R_OK) != 0)
        return Error{Fault::config, path + ": cannot be read: " + std::system_category().message(errno)};
    if (S_ISDIR(about.st_mode)) return Error{Fault::config, path + ": is a directory; name the files in it"};
    return S_ISREG(about.st_mode) ? Size(static_cast<std::uint64_t>(about.st_size)) : Size();
}

}  // namespace

Result<std::unique_ptr<FileSource>> FileSource::open(std::vector<Input> inputs, FinishedRecords finished,
                                                     InputOrder& order, ReadOptions options, const Selection& selection,
                                                     std::size_t held_bytes_max) {
    std::vector<File> files;
    for (auto& input : inputs) {
        const auto bytes = look_at(input.path);
        if (!bytes) return bytes.error();
        options.called = input.called;
        if (const auto first = RecordReader::try_out(input.path, input.format, options); !first) return first.error();
        File file;
        file.bytes = *bytes;
        file.input = std::move(input);
        if (file.input.name.empty()) file.input.name = file.input.path;
        if (file.input.read_before) file.mark = *file.input.read_before;
        file.unchanged = file.mark.records == 0;
        files.push_back(std::move(file));
    }
    return std::unique_ptr<FileSource>(
        new FileSource(std::move(files), std::move(finished), order, std::move(options), selection, held_bytes_max));
}

FileSource::FileSource(std::vector<File> files, FinishedRecords finished, InputOrder& order, ReadOptions options,
                       const Selection& selection, std::size_t held_bytes_max)
    : files_(std::move(files)),
      finished_(std::move(finished)),
      order_(order),
      options_(std::move(options)),
      selection_(selection),
      draw_(selection.random ? std::make_unique<Draw>(*selection.random, selection.seed) : nullptr),
      held_bytes_max_(held_bytes_max) {
    for (std::size_t i = 0; i < files_.size(); ++i) by_name_.try_emplace(files_[i].input.name, i);
}

FileSource::~FileSource() = default;

async::Coroutine<Result<pipeline::SourceEvent>> FileSource::next(pipeline::Room room) {
    pipeline::Batch batch;
    std::size_t bytes = 0;
    if (!assigned_ && !stopped_) {
        assigned_ = true;
        pipeline::Assigned all;
        for (const auto& file : files_) all.partitions.push_back({{file.input.name, 0}});
        co_return pipeline::SourceEvent(std::move(all));
    }
    while (!stopped_ && !std::exchange(nudged_, false)) {
        const auto step = look_ahead();
        if (!step) co_return step.error();
        if (*step == Step::record && take(room, batch, bytes)) continue;
        if (!batch.records.empty()) co_return pipeline::SourceEvent(std::move(batch));
        if (*step == Step::end) co_return pipeline::SourceEvent(pipeline::Ended{});
        if (*step == Step::record) co_await wait_for_wake();
        if (*step == Step::blocked) co_await wait_for_bytes();
        if (*step == Step::yield) co_await boost::asio::post(async::use_coroutine);
    }
    // What is in a batch was announced in the input order; it is handed out even if stop() came in between.
    if (!stopped_ || !batch.records.empty()) co_return pipeline::SourceEvent(std::move(batch));
    co_return stopped();
}

Result<FileSource::Step> FileSource::look_ahead() {
    for (std::size_t passed = 0; passed < records_before_yield; ++passed) {
        if (current_ == files_.size()) {
            if (draw_) give_drawn();
            return ahead_.empty() ? Step::end : Step::record;
        }
        if (!ahead_.empty() && files_[current_].unchanged) return Step::record;
        if (has_first() && files_[current_].unchanged) {
            leave_file();
            current_ = files_.size();
            continue;
        }
        if (!reader_) {
            const auto& input = files_[current_].input;
            options_.called = input.called;
            auto opened = RecordReader::open(input.path, input.format, options_);
            if (!opened) return opened.error();
            reader_ = std::move(*opened);
        }
        const auto ahead = reader_->look_ahead();
        if (ahead == Ahead::wait) return Step::blocked;
        if (ahead == Ahead::busy) return Step::yield;
        if (const auto read = read_one(); !read) return read.error();
    }
    return Step::yield;
}

Result<> FileSource::read_one() {
    auto record = reader_->next();
    if (!record) return record.error();
    File& file = files_[current_];
    const auto& before = file.input.read_before;
    if (!*record) {
        if (!file.unchanged)
            return changed(file.input, "ends after " + std::to_string(reader_->mark().records) + " of them");
        leave_file();
        ++current_;
        return {};
    }
    const auto& mark = reader_->mark();
    if (!file.unchanged && mark.records == before->records) {
        if (mark.bytes != before->bytes || mark.digest != before->digest)
            return changed(file.input, "they are not the same any more");
        file.unchanged = true;
        held_bytes_ = 0;
    }
    if (file.unchanged && mark.records >= file.mark.records) file.mark = mark;
    (*record)->origin.partition.topic = file.input.name;
    if (!file.read_twice) {
        if (const auto chosen = choose(file, std::move(**record)); !chosen) return chosen.error();
    }
    if (!file.unchanged || !file.read_twice) return {};
    file.read_twice = false;
    reader_.reset();
    return {};
}

Result<> FileSource::choose(File& file, Record record) {
    if (has_first()) return {};  // read only to see that the file is unchanged
    ++chosen_;
    ++file.chosen;
    Drawn one{std::move(record), current_, false};
    one.finished = finished_.contains(file.input.name, one.record.origin.offset);
    if (draw_) return draw_->offer(std::move(one));
    if (one.finished) {
        ++file.skipped;
        return {};
    }
    held_bytes_ += file.unchanged ? 0 : one.record.bytes();
    ahead_.push_back(std::move(one));
    // What waits has a bound: the file is read to the end of what is verified without it, and then once more.
    if (file.unchanged || held_bytes_ <= held_bytes_max_ || !file.bytes) return {};
    file.read_twice = true;
    chosen_ -= std::exchange(file.chosen, 0);
    file.skipped = 0;
    ahead_.clear();
    return {};
}

void FileSource::leave_file() {
    if (reader_) bytes_of_read_files_ += reader_->bytes_read();
    reader_.reset();
}

void FileSource::give_drawn() {
    auto drawn = draw_->take();
    draw_.reset();
    chosen_ = drawn.size();
    for (auto& one : drawn) {
        if (one.finished)
            ++files_[one.input].skipped;
        else
            ahead_.push_back(std::move(one));
    }
}

Error FileSource::changed(const Input& input, const std::string& how) {
    const std::string name = input.path == "-" ? "standard input" : input.path;
    return {Fault::config, name + ": has changed in its first " + std::to_string(input.read_before->records) +
                               " records, which the interrupted run has read: " + how +
                               "; what follows may be appended to, these not: bring them back, or write to another "
                               "output"};
}

bool FileSource::take(pipeline::Room room, pipeline::Batch& batch, std::size_t& bytes) {
    if (batch.records.size() >= std::min(room.records, batch_records_max) || bytes >= room.bytes) return false;
    File& file = files_[ahead_.front().input];
    if (file.credit == 0) return false;
    --file.credit;
    ++records_;
    Record& record = ahead_.front().record;
    bytes += record.bytes();
    order_.read(record.origin);
    batch.records.push_back(std::move(record));
    ahead_.pop_front();
    return true;
}

async::Coroutine<> FileSource::wait_for_wake() {
    async::Signal<async::Done> woken;
    wake_ = &woken;
    co_await woken.wait();
}

async::Coroutine<> FileSource::wait_for_bytes() {
    const auto executor = co_await boost::asio::this_coro::executor;
    boost::asio::posix::basic_stream_descriptor<async::Executor> descriptor(executor);
    descriptor.assign(::dup(reader_->descriptor()));
    stop_waiting_ = [&descriptor] { descriptor.cancel(); };
    boost::system::error_code ignored;  // also after a failure, reading tells more than waiting
    auto token = boost::asio::redirect_error(async::use_coroutine, ignored);
    co_await descriptor.async_wait(descriptor.wait_read, std::move(token));
    stop_waiting_ = nullptr;
}

void FileSource::grant(const Partition& partition, std::size_t records) {
    const auto named = by_name_.find(partition.topic);
    if (named == by_name_.end()) return;
    files_[named->second].credit += records;
    wake();
}

void FileSource::nudge() {
    nudged_ = true;
    wake();
    if (stop_waiting_) stop_waiting_();
}

void FileSource::wake() {
    if (wake_ != nullptr) std::exchange(wake_, nullptr)->set({});
}

async::Coroutine<> FileSource::release(std::vector<Partition>) { co_return; }

void FileSource::stop() {
    stopped_ = true;
    order_.stop();
    wake();
    if (stop_waiting_) stop_waiting_();
}

async::Coroutine<> FileSource::close(TimePoint) {
    leave_file();  // also in its middle: what is told at the end is about what was read
    co_return;
}

ReadProgress FileSource::progress() const {
    ReadProgress progress;
    progress.bytes_read = bytes_of_read_files_ + (reader_ ? reader_->bytes_read() : 0);
    const bool known = std::ranges::all_of(files_, [](const File& file) { return file.bytes.has_value(); });
    for (const auto& file : files_) progress.bytes_total += known ? *file.bytes : 0;
    for (const auto& file : files_) progress.skipped += file.skipped;
    progress.records = records_;
    progress.ended = current_ == files_.size() && ahead_.empty() && !draw_;
    if (selection_.size()) progress.wanted = current_ == files_.size() && !draw_ ? chosen_ : *selection_.size();
    return progress;
}

}  // namespace prelabel::files
