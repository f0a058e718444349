#pragma once

#include <functional>
#include <list>
#include <string_view>
#include <utility>

namespace prelabel::http {

inline constexpr std::string_view abort_message = "the call was ended because the program stops";

/// Everything that waits on behalf of one client, so that all of it can be ended at once.
/// Threads: confined to the loop.
class AbortList {
public:
    /// While it lives, abort() calls `end`. `end` takes no other entry away.
    class Entry {
    public:
        Entry(AbortList& list, std::function<void()> end)
            : list_(list), place_(list_.ends_.insert(list_.ends_.end(), std::move(end))) {}
        Entry(const Entry&) = delete;
        Entry& operator=(const Entry&) = delete;
        ~Entry() { list_.ends_.erase(place_); }

    private:
        AbortList& list_;
        std::list<std::function<void()>>::iterator place_;
    };

    void abort() {
        aborted_ = true;
        for (auto place = ends_.begin(); place != ends_.end();) {
            const auto end = *place++;  // a copy: it may take its own entry away
            end();
        }
    }
    /// For good: whoever begins to wait must look first.
    [[nodiscard]] bool aborted() const { return aborted_; }

private:
    std::list<std::function<void()>> ends_;
    bool aborted_ = false;
};

}  // namespace prelabel::http
