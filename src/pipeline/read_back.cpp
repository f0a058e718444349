#include <prelabel/flow/done_map.hpp>
#include <prelabel/pipeline/read_back.hpp>

#include <algorithm>
#include <string>

namespace prelabel::pipeline {
namespace {

flow::DoneMap done(const std::string& text, Offset next) {
    return flow::DoneMap::decode(text, next).value_or(flow::DoneMap{next, {}});
}

}  // namespace

bool holds(const std::vector<AssignedPartition>& committed, const std::vector<Progress>& sent) {
    return std::ranges::all_of(sent, [&](const Progress& one) {
        const auto found = std::ranges::find(committed, one.partition, &AssignedPartition::partition);
        return found != committed.end() && found->next &&
               done(found->done_above, *found->next).covers(done(one.done_above, one.next));
    });
}

}  // namespace prelabel::pipeline
