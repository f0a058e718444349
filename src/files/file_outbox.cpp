#include "files/dead_letter_line.hpp"
#include "files/output_file.hpp"

#include <prelabel/base/expects.hpp>
#include <prelabel/files/file_outbox.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace prelabel::files {
namespace {

constexpr std::size_t bytes_at_once = 1U << 20;
constexpr Duration retry_wait = std::chrono::seconds(1);
constexpr Duration slow_reader_wait = std::chrono::seconds(5);

Error lost() { return {Fault::cancelled, "nothing can be written any more"}; }

}  // namespace

FileOutbox::FileOutbox(async::Executor executor, async::Clock& clock, Files files, InputOrder& order,
                       std::function<Result<>()> remember, OutboxNews news, ReorderWindow window)
    : clock_(clock),
      files_(std::move(files)),
      order_(order),
      remember_(std::move(remember)),
      news_(std::move(news)),
      window_(window),
      due_([this] {
          overdue_ = true;
          start_writing();
      }),
      disk_(executor),
      writer_(std::move(executor)) {
    order_.when_stopped([this] { start_writing(); });
}

FileOutbox::~FileOutbox() { order_.when_stopped({}); }

std::string FileOutbox::dead_letters_beside(const std::string& output) {
    constexpr std::string_view ending = ".jsonl";
    if (output == "-") return "prelabel.dead_letters.jsonl";
    const auto stem = output.ends_with(ending) ? output.substr(0, output.size() - ending.size()) : output;
    return stem + ".dead_letters.jsonl";
}

async::Coroutine<Result<>> FileOutbox::publish(pipeline::Output output) {
    expects(!closing_, "nothing is published after close");
    if (lost_) co_return lost();
    if (ids_ && output.kind == pipeline::OutputKind::annotation && output.key && ids_->add(*output.key)) {
        ids_.reset();
        if (news_.same_id) news_.same_id(output.origin);
    }
    Waiting own{output.kind, output.origin, {}, {}};
    own.line =
        output.kind == pipeline::OutputKind::dead_letter ? dead_letter_line(output) : std::move(output.value) + '\n';
    const auto place = order_.place(own.origin);
    expects(place.has_value(), "an output's input was read and is not written yet");
    waiting_.emplace(*place, &own);
    waiting_bytes_ += own.line.size();
    if (!due_.armed()) clock_.arm(due_, clock_.now() + window_.wait);
    start_writing();
    co_return co_await own.written.wait();
}

async::Coroutine<Result<>> FileOutbox::commit(pipeline::AskProgress, TimePoint) { co_return Result<>(); }

async::Coroutine<> FileOutbox::close(TimePoint) {
    closing_ = true;
    wake();
    start_writing();
    async::Timer patience([this] {
        files_.output->stop_waiting();
        files_.dead_letters->stop_waiting();
    });
    clock_.arm(patience, clock_.now() + slow_reader_wait);
    co_await writer_.join();
    clock_.disarm(patience);
    clock_.disarm(due_);
    // What could not be flushed is in the file as far as this process can tell; a resumed run would find it missing.
    const Result<> output = co_await disk_.run([file = files_.output.get()] { return file->sync(); });
    const Result<> dead_letters = co_await disk_.run([file = files_.dead_letters.get()] { return file->sync(); });
    flushed_ = output && dead_letters;
}

Result<> FileOutbox::remove_dead_letters(const std::vector<LineRange>& lines) {
    return files_.dead_letters->remove(lines);
}

bool FileOutbox::ready() const {
    if (waiting_.empty()) return false;
    const bool too_much = waiting_.size() > window_.documents || waiting_bytes_ > window_.bytes;
    return waits_no_more() || too_much || waiting_.begin()->first <= next_;
}

bool FileOutbox::waits_no_more() const { return closing_ || overdue_ || order_.stopped(); }

void FileOutbox::start_writing() {
    if (writing_ || !ready()) return;
    writing_ = true;
    writer_.spawn(write_ready());
}

async::Coroutine<> FileOutbox::write_ready() {
    while (ready() && !lost_) {
        const Batch batch = take_ready();
        const Result<> written = co_await write_batch(&batch);
        if (!written) lose(written.error());
        if (written) next_ = std::max(next_, batch.last_place + 1);
        for (auto* output : batch.outputs) {
            if (written) order_.written(output->origin);
            if (written && news_.written) news_.written(output->origin);
            output->written.set(written ? Result<>() : lost());
        }
    }
    if (waiting_.empty()) {
        overdue_ = false;
        clock_.disarm(due_);
    }
    writing_ = false;
}

FileOutbox::Batch FileOutbox::take_ready() {
    Batch batch;
    std::string lines;
    auto next = next_;
    const bool all = waits_no_more();
    for (auto at = waiting_.begin(); at != waiting_.end(); at = waiting_.erase(at)) {
        const auto& [place, output] = *at;
        if (batch.outputs.empty())
            batch.kind = output->kind;
        else if (output->kind != batch.kind || lines.size() >= bytes_at_once || (place > next && !all))
            break;
        lines += output->line;
        waiting_bytes_ -= output->line.size();
        std::exchange(output->line, {});
        batch.outputs.push_back(output);
        batch.last_place = place;
        next = std::max(next, place + 1);
    }
    batch.lines = std::make_shared<const std::string>(std::move(lines));
    return batch;
}

async::Coroutine<Result<>> FileOutbox::write_batch(const Batch* batch) {
    for (;;) {
        const bool last_try = closing_;
        Result<> written = co_await try_to_write(batch);
        if (written && std::exchange(stuck_, false)) news_.works_again();
        if (written || written.error().fault != Fault::dependency || last_try) co_return written;
        stuck_ = true;
        news_.stuck(written.error());
        co_await wait_to_retry();
    }
}

async::Coroutine<Result<>> FileOutbox::try_to_write(const Batch* batch) {
    if (batch->last_place >= remembered_) {
        const auto read = order_.next();
        if (auto remembered = remember_(); !remembered) co_return remembered.error();
        remembered_ = read;
    }
    auto& file = batch->kind == pipeline::OutputKind::annotation ? *files_.output : *files_.dead_letters;
    auto lines = batch->lines;
    co_return co_await file.append(std::move(lines));
}

async::Coroutine<> FileOutbox::wait_to_retry() {
    async::Signal<async::Done> woken;
    woken_ = &woken;
    async::Timer timer([this] { wake(); });
    clock_.arm(timer, clock_.now() + retry_wait);
    if (closing_) wake();
    co_await woken.wait();
}

void FileOutbox::wake() {
    if (woken_ != nullptr) std::exchange(woken_, nullptr)->set({});
}

void FileOutbox::lose(const Error& error) {
    lost_ = true;
    news_.lost(error);
    waiting_bytes_ = 0;
    for (const auto& [place, output] : std::exchange(waiting_, {})) output->written.set(lost());
}

}  // namespace prelabel::files
