#pragma once

#include <prelabel/record/annotation_record.hpp>

#include <chrono>

namespace prelabel::record {

/// The record that the product's contract shows.
inline AnnotationRecord published_example() {
    AnnotationRecord record;
    record.id = "doc-17";
    record.text = "Ada Lovelace met Babbage in London 🎉.";
    record.task_name = "news-ner";
    record.task_version = "3f9c2a71b0de";
    record.status = Status::partial;
    record.findings.entities = {{"PER", "Ada Lovelace", {0, 12}, {0, 12}, {0, 12}, labeling::Match::exact, 0.97}};
    record.findings.discarded = {{"ORG", "Royal Society", labeling::DiscardReason::not_in_text}};
    record.provider = "openai";
    record.model = "gpt-4o-mini";
    record.answered_by = "gpt-4o-mini-2024-07-18";
    record.response_ids = {"chatcmpl-1"};
    record.usage = {1, 212, 0, 31, 0.0000504};
    record.source = {{"raw-documents", 3}, 1209, 1790000000000};
    record.attempts = 1;
    record.latency_ms = 812;
    record.labeled_at = WallTime{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23}} + std::chrono::hours{19};
    return record;
}

}  // namespace prelabel::record
