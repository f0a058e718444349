#include "files/checkpoint.hpp"
#include "files/file_identity.hpp"
#include "files/output_records.hpp"
#include "files/standing_letters.hpp"

#include <prelabel/base/utf8.hpp>
#include <prelabel/files/label_run.hpp>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <unordered_set>
#include <utility>

namespace prelabel::files {
namespace {

Error refused(std::string what) { return {Fault::config, std::move(what)}; }

/// Every input once, and with a path that fits into JSON.
Result<> check_inputs(const std::vector<Input>& inputs) {
    std::set<std::string> paths;
    std::map<std::pair<dev_t, ino_t>, std::string> files;
    for (const auto& input : inputs) {
        const auto& path = input.path;
        if (utf8::first_invalid(path)) return refused(path + ": the path is not UTF-8; rename it");
        if (!paths.insert(path).second) return refused(path + ": is given twice");
        const auto identity = identity_of_input(path);
        if (!identity || identity->shareable) continue;
        const auto [other, added] = files.emplace(std::pair(identity->device, identity->inode), path);
        if (!added) return refused(path + ": is given twice, also as " + other->second);
    }
    return {};
}

/// What is written must not be what is read, by whatever name.
Result<> check_no_input(const OutputFile& file, const std::vector<Input>& inputs) {
    for (const auto& input : inputs) {
        const auto identity = identity_of_input(input.path);
        if (identity && same_file(*identity, file.identity()))
            return refused(file.name() + ": is the input " + (input.path == "-" ? "standard input" : input.path) +
                           "; name another file to write to");
    }
    return {};
}

/// The checkpoint is replaced as a whole, so it must be nothing else.
Result<> check_checkpoint(const std::string& checkpoint, const LabelFiles& files) {
    const auto is_it = [&](const std::string& path) { return canonical_path(path) == checkpoint; };
    if (is_it(files.dead_letters) || std::ranges::any_of(files.inputs, is_it, &Input::path))
        return refused(checkpoint + ": how far the inputs were read is written there; name another output");
    return {};
}

Result<> check_empty(const OutputFile& file) {
    if (file.size() == 0) return {};
    return refused(file.path() + ": exists already; resume it (--resume), or name another file");
}

std::unordered_set<std::string> names_of(const std::vector<Input>& inputs) {
    std::unordered_set<std::string> names;
    for (const auto& input : inputs) names.insert(input.name);
    return names;
}

Result<FileOutbox::Files> open_outputs(const LabelFiles& files) {
    FileOutbox::Files opened;
    auto output = OutputFile::open(files.output);
    if (!output) return output.error();
    auto dead_letters = OutputFile::open(files.dead_letters);
    if (!dead_letters) return Error{Fault::config, dead_letters.error().message + " (--dead-letters names another)"};
    opened.output = std::move(*output);
    opened.dead_letters = std::move(*dead_letters);
    if (same_file(opened.output->identity(), opened.dead_letters->identity()) || files.output == files.dead_letters)
        return refused(files.dead_letters + ": annotations and dead letters cannot go to one file");
    for (auto* file : {opened.output.get(), opened.dead_letters.get()}) {
        if (const auto apart = check_no_input(*file, files.inputs); !apart) return apart.error();
        if (const auto locked = file->lock(); !locked) return locked.error();
    }
    return opened;
}

}  // namespace

LabelRun::LabelRun(LabelFiles files)
    : files_(std::move(files)), made_before_(files_.with), letters_(std::make_unique<StandingLetters>()) {
    for (const auto& input : files_.inputs) {
        canonical_.push_back(canonical_path(input.path));
        by_path_.try_emplace(canonical_.back(), canonical_.size() - 1);
    }
}
LabelRun::~LabelRun() = default;

Result<std::unique_ptr<LabelRun>> LabelRun::open(LabelFiles files, async::Executor executor, async::Clock& clock,
                                                 OutboxNews news) {
    if (const auto inputs = check_inputs(files.inputs); !inputs) return inputs.error();
    std::unique_ptr<LabelRun> run(new LabelRun(std::move(files)));
    const auto& wanted = run->files_;
    auto outputs = open_outputs(wanted);
    if (!outputs) return outputs.error();
    const bool is_file = outputs->output->regular();
    if (wanted.resume && !is_file)
        return refused(outputs->output->name() + ": is no file, so nothing says what is done; --resume needs one (-o)");
    if (is_file) run->checkpoint_ = checkpoint_beside(wanted.output);
    if (const auto apart = check_checkpoint(run->checkpoint_, wanted); !apart) return apart.error();
    FinishedRecords finished;
    if (wanted.resume) {
        auto found = run->go_on(*outputs->output, *outputs->dead_letters);
        if (!found) return found.error();
        finished = std::move(*found);
    } else if (const auto anew = run->start_anew(*outputs->output, *outputs->dead_letters); !anew) {
        return anew.error();
    }
    auto source = FileSource::open(wanted.inputs, std::move(finished), run->order_, wanted.read, wanted.selection);
    if (!source) return source.error();
    run->source_ = std::move(*source);
    run->begin_checkpoint();
    if (const auto written = run->remember(); !written) return refused(written.error().message);
    outputs->output->keep_when_empty();
    news.written = [letters = run->letters_.get()](const Origin& origin) { letters->replaced(origin); };
    run->outbox_ = std::make_unique<FileOutbox>(
        std::move(executor), clock, std::move(*outputs), run->order_,
        [self = run.get()] {
            if (self->kept_) self->kept_->made_with(self->files_.with);
            return self->remember();
        },
        std::move(news));
    return run;
}

Result<> LabelRun::start_anew(OutputFile& output, OutputFile& dead_letters) {
    if (output.regular()) {
        for (auto* file : {&output, &dead_letters})
            if (const auto empty = check_empty(*file); !empty) return empty;
        // Left by a run whose output is gone: replaced. Anything else of that name is not ours to replace.
        const auto old = read_checkpoint(checkpoint_);
        return old ? Result<>() : old.error();
    }
    OutputRecords others;
    const auto read = read_output(dead_letters, {files_.with, true, true}, others);
    if (read && others.labeled == 0) return {};
    return refused(dead_letters.path() +
                   ": holds something else than dead letters; name another file (--dead-letters)");
}

Result<FinishedRecords> LabelRun::go_on(OutputFile& output, OutputFile& dead_letters) {
    OutputRecords records;
    for (auto* file : {&output, &dead_letters}) {
        const OutputReading reading{files_.with, files_.mixed, file == &dead_letters};
        if (const auto read = read_output(*file, reading, records); !read) return read.error();
    }
    labeled_before_ = records.labeled;
    *letters_ = std::move(records.dead_letters);
    auto topics = letters_->topics();
    std::ranges::copy(records.finished.topics(), std::back_inserter(topics));
    letters_->divide(files_.again, records.finished);
    const auto checkpoint = read_checkpoint(checkpoint_);
    if (!checkpoint) return checkpoint.error();
    if (topics.empty()) {
        if (!*checkpoint) warning_ = files_.output + ": nothing is there to resume; this is a first run";
        return FinishedRecords();
    }
    const auto other = *checkpoint && !files_.mixed ? difference((*checkpoint)->with, files_.with) : std::string();
    if (!other.empty()) return refused(files_.output + ": was made with " + other + std::string(not_mixed));
    if (*checkpoint && files_.mixed) made_before_ = (*checkpoint)->with;
    const auto matched =
        *checkpoint ? go_on_with_checkpoint(topics, (*checkpoint)->inputs) : go_on_without_checkpoint(topics);
    if (!matched) return matched.error();
    // A new input whose name is taken by another of before gets a name that is its alone.
    auto names = names_of(files_.inputs);
    for (auto& input : files_.inputs) {
        if (input.name.empty()) input.name = names.contains(input.path) ? canonical_path(input.path) : input.path;
        names.insert(input.name);
    }
    return std::move(records.finished);
}

Result<> LabelRun::go_on_with_checkpoint(const std::vector<std::string>& topics, const std::vector<ReadInput>& known) {
    for (const auto& before : known) {
        auto* input = find(before.path);
        if (input == nullptr && before.mark.records > 0)
            return refused(before.path + ": is not among the inputs, but " + files_.output +
                           " holds labels of it; give " +
                           "the same inputs as before (more are fine), or write to another output");
        if (input == nullptr) continue;
        if (input->format != before.format && before.mark.records > 0)
            return refused(input->path + ": was read as " + std::string(to_string(before.format)) + ", now it is " +
                           std::string(to_string(input->format)) + " (--input-format)");
        input->name = before.name;
        if (before.called) input->called = *before.called;  // also beside another of the same name
        if (before.mark.records > 0) input->read_before = before.mark;
    }
    const auto names = names_of(files_.inputs);
    for (const auto& name : topics)
        if (!names.contains(name))
            return refused(files_.output + ": holds labels of " + name + ", which " + checkpoint_ +
                           " does not know; is it the output of another run?");
    return {};
}

Result<> LabelRun::go_on_without_checkpoint(const std::vector<std::string>& topics) {
    for (const auto& name : topics) {
        auto* input = find(canonical_path(name));
        if (input == nullptr)
            return refused(name + ": is not among the inputs, but " + files_.output +
                           " holds labels of it; give the same inputs as before, or write to another output");
        input->name = name;
    }
    warning_ = checkpoint_ + " is missing: that the inputs are the same as before cannot be checked";
    return {};
}

Input* LabelRun::find(const std::string& canonical) {
    const auto found = by_path_.find(canonical);
    return found == by_path_.end() ? nullptr : &files_.inputs[found->second];
}

const DeadLetterCounts& LabelRun::dead_letters_before() const { return letters_->counts(); }

Result<> LabelRun::finish() {
    const auto lines = letters_->leaving();
    if (lines.empty()) return {};
    if (outbox_->flushed()) return outbox_->remove_dead_letters(lines);
    return Error{Fault::dependency, files_.dead_letters + ": what took their place could not be flushed to the disk"};
}

void LabelRun::begin_checkpoint() {
    if (checkpoint_.empty()) return;
    Checkpoint checkpoint{made_before_, {}};
    for (std::size_t i = 0; i < files_.inputs.size(); ++i) {
        const auto& input = files_.inputs[i];
        checkpoint.inputs.push_back({canonical_[i], input.name.empty() ? input.path : input.name, input.format,
                                     source_->mark(i), input.called});
    }
    kept_ = std::make_unique<CheckpointFile>(checkpoint_, std::move(checkpoint));
}

Result<> LabelRun::remember() {
    if (!kept_) return {};
    const auto reading = source_->reading();
    for (auto input = remembered_; input <= reading && input < files_.inputs.size(); ++input)
        kept_->read(input, source_->mark(input));
    remembered_ = reading;
    return kept_->write();
}

}  // namespace prelabel::files
