#include "llm_sim/answer.hpp"

#include "llm_sim/lexicon.hpp"
#include "llm_sim/mistakes.hpp"

#include <prelabel/base/json_text.hpp>

#include <algorithm>
#include <array>

namespace prelabel::llm_sim {
namespace {

using labeling::Mention;

constexpr std::array<std::string_view, 3> other_documents{
    "Perpetua Nandi left Port Amberlee for the Harrow Institute.",
    "Ilmarinen Vask of Orbweaver Group spoke in Lower Tessaly.",
    "Quist & Daughters, founded by Zebulon Quist, moved to Port Amberlee.",
};

/// An answer that would be right for a document nobody asked about.
std::vector<Mention> about_another(const ChatRequest& request, const Dice& dice) {
    std::size_t pick = dice.below(other_documents.size(), Dice::Roll::variant);
    if (request.document == other_documents[pick]) pick = (pick + 1) % other_documents.size();
    std::vector<Mention> mentions;
    for (const std::string_view name : {"Perpetua Nandi", "Port Amberlee", "Harrow Institute", "Ilmarinen Vask",
                                        "Orbweaver Group", "Lower Tessaly", "Quist & Daughters", "Zebulon Quist"}) {
        if (other_documents[pick].find(name) == std::string_view::npos) continue;
        const std::size_t label = mentions.size();
        mentions.push_back(
            {request.labels.empty() ? "PER" : request.labels[label % request.labels.size()], std::string(name)});
    }
    return mentions;
}

void spoil(std::vector<Mention>& mentions, const ChatRequest& request, FaultKind fault, const Dice& dice) {
    switch (fault) {
        case FaultKind::hallucinated:
            mentions.push_back(invented_mention(request.document, request.labels, dice));
            return;
        case FaultKind::unknown_label:
            if (mentions.empty()) {
                const std::string_view word = std::string_view(request.document).substr(0, request.document.find(' '));
                mentions.push_back({"", std::string(cut(word, 64))});
            }
            mentions[dice.below(mentions.size(), Dice::Roll::variant)].label = "NOBODY_ASKED";
            return;
        case FaultKind::wrong_document:
            mentions = about_another(request, dice);
            return;
        default:
            return;
    }
}

}  // namespace

std::string answer_text(const std::vector<Mention>& mentions) {
    std::string text = R"({"entities":[)";
    for (const Mention& mention : mentions) {
        text += text.back() == '[' ? R"({"label":)" : R"(,{"label":)";
        append_json_string(mention.label, text);
        text += R"(,"text":)";
        append_json_string(mention.text, text);
        text += '}';
    }
    text += "]}";
    return text;
}

void reason(ReplyForm form, Answer& answer) {
    if (!answer.content) return;
    switch (form) {
        case ReplyForm::plain:
            return;
        case ReplyForm::think:
            answer.content = "<think>\n" + std::string(thoughts) + "\n</think>\n\n" + *answer.content;
            return;
        case ReplyForm::reasoning:
            answer.reasoning_field = "reasoning";
            return;
        case ReplyForm::reasoning_content:
            answer.reasoning_field = "reasoning_content";
            return;
    }
}

std::string_view cut(std::string_view text, std::size_t bytes) {
    if (bytes >= text.size()) return text;
    while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
    return text.substr(0, bytes);
}

std::vector<Mention> Labeler::mentions(const ChatRequest& request, const Dice& dice) const {
    const std::vector<Sighting>* known = gold_.find(request.document);
    if (known == nullptr) {
        const auto found = find_by_lexicon(request.document, request.labels);
        return with_mistakes(request.document, found, request.labels, error_rate_, dice);
    }
    std::vector<Sighting> asked_for;
    for (const Sighting& sighting : *known) {
        if (request.labels.empty() || std::ranges::find(request.labels, sighting.label) != request.labels.end())
            asked_for.push_back(sighting);
    }
    return with_mistakes(request.document, asked_for, request.labels, error_rate_, dice);
}

Answer Labeler::answer(const ChatRequest& request, FaultKind fault, const Dice& dice, const Dice& fault_dice) const {
    Answer answer;
    if (fault == FaultKind::refusal) {
        answer.refusal = "I'm sorry, but I can't help with that.";
        return answer;
    }
    if (fault == FaultKind::content_filter || fault == FaultKind::empty) {
        if (fault == FaultKind::empty) {
            answer.content = "";
        } else {
            answer.finish = "content_filter";
        }
        return answer;
    }
    auto said = mentions(request, dice);
    spoil(said, request, fault, fault_dice);
    std::string text = answer_text(said);
    if (fault == FaultKind::invalid_json) text[text.find(':')] = ' ';
    if (fault == FaultKind::code_fence) text = "Here are the entities:\n\n```json\n" + text + "\n```\n";
    if (fault == FaultKind::truncated_answer) {
        text.resize(cut(text, text.size() / 2).size());
        answer.finish = "length";
    }
    if (request.max_tokens && estimated_tokens(text.size()) > *request.max_tokens) {
        text.resize(cut(text, *request.max_tokens * 4).size());
        answer.finish = "length";
    }
    answer.content = std::move(text);
    return answer;
}

}  // namespace prelabel::llm_sim
