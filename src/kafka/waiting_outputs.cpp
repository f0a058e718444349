#include "kafka/waiting_outputs.hpp"

#include "kafka/output_rules.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

namespace prelabel::kafka {
namespace {

bool is_purged(rd_kafka_resp_err_t error) {
    return error == RD_KAFKA_RESP_ERR__PURGE_QUEUE || error == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT;
}

}  // namespace

WaitingOutputs::WaitingOutputs(const OutputSettings& settings, const TransactionSettings& transactions)
    : settings_(settings), transactions_(transactions) {}

WaitingOutputPtr WaitingOutputs::add(pipeline::Output output) {
    auto waiting = std::make_shared<WaitingOutput>();
    waiting->kind = output.kind;
    waiting->bytes = output.value.size();
    waiting->spare_key = spare_key_of(output);
    waiting->size = bytes_of(output);
    waiting->number = ++arrived_;
    waiting->output = std::move(output);
    bytes_waiting_ += waiting->size;
    waiting_.push_back(waiting);
    return waiting;
}

bool WaitingOutputs::crowded() const {
    return waiting_.size() >= transactions_.hurry_at || bytes_waiting_ >= transactions_.outputs_bytes_max;
}

void WaitingOutputs::take() {
    std::size_t bytes = 0;
    while (!waiting_.empty() && sent_.size() < transactions_.outputs_max) {
        auto& one = waiting_.front();
        if (!sent_.empty() && bytes + one->size > transactions_.outputs_bytes_max) break;
        bytes += one->size;
        bytes_waiting_ -= one->size;
        one->error = RD_KAFKA_RESP_ERR_NO_ERROR;
        sent_.push_back(std::move(one));
        waiting_.pop_front();
    }
    refused_ = false;
}

std::vector<Origin> WaitingOutputs::origins() const {
    std::vector<Origin> all;
    for (const auto& one : sent_) all.push_back(one->output.origin);
    return all;
}

void WaitingOutputs::drop_unwanted() {
    std::erase_if(waiting_, [this](const WaitingOutputPtr& one) {
        if (!one->output.unwanted()) return false;
        bytes_waiting_ -= one->size;
        one->end(Error{Fault::cancelled, "its partition was taken away"});
        return true;
    });
}

bool WaitingOutputs::sent_unwanted() const {
    return std::ranges::any_of(sent_, [](const WaitingOutputPtr& one) { return one->output.unwanted(); });
}

void WaitingOutputs::reported(Delivery& delivery, rd_kafka_resp_err_t error) {
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return;
    static_cast<WaitingOutput&>(delivery).error = error;
    refused_ = true;
}

void WaitingOutputs::judge() {
    verdict_ = {};
    bool purged = false;
    for (const auto& one : sent_) {
        if (one->error == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
        if (is_purged(one->error)) {
            purged = true;
            continue;
        }
        ++counters_.failed;
        if (!judges_the_batch(one->error)) {
            verdict_.trouble = unwritten(settings_, one->kind, one->error);
        } else if (one->alone) {
            verdict_.found = true;
            judge_alone(*one);
        } else {
            one->alone = true;
            verdict_.refused_batch = one->error;
        }
    }
    const bool explained = verdict_.found || verdict_.refused_batch != RD_KAFKA_RESP_ERR_NO_ERROR;
    const bool unexplained = purged && !explained && verdict_.trouble.empty();
    // After a refusal the client finds a gap in its own numbers, gives up the next transaction, and has healed itself.
    if (unexplained && unexplained_) verdict_.trouble = "a transaction's outputs were given up by the client";
    unexplained_ = unexplained;
}

void WaitingOutputs::judge_alone(WaitingOutput& one) const {
    const bool breaks_a_rule = one.error == RD_KAFKA_RESP_ERR_INVALID_RECORD;
    // It may be that of a compacted topic, which takes no record without a key.
    if (breaks_a_rule && one.spare_key) {
        one.output.key = std::exchange(one.spare_key, std::nullopt);
        return;
    }
    one.end(Error{breaks_a_rule ? Fault::dependency : Fault::input, unwritten(settings_, one.kind, one.error)});
}

void WaitingOutputs::ended(bool committed) {
    if (!committed && refused_) judge();
    auto sent = std::exchange(sent_, {});
    refused_ = false;
    for (auto& one : sent | std::views::reverse) {
        if (committed) {
            ++counters_.records;
            counters_.bytes += one->bytes;
            one->end({});
        } else if (!one->outcome.is_set()) {
            bytes_waiting_ += one->size;
            waiting_.push_front(std::move(one));
        }
    }
}

void WaitingOutputs::give_up_waiting(const Error& why) {
    for (const auto& one : std::exchange(waiting_, {})) one->end(why);
    bytes_waiting_ = 0;
}

void WaitingOutputs::give_up_sent(const Error& why) {
    for (const auto& one : sent_) one->end(why);
}

}  // namespace prelabel::kafka
