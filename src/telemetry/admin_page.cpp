#include "telemetry/page_files.hpp"
#include "telemetry/status_json.hpp"
#include "telemetry/worker_summary.hpp"

#include <prelabel/telemetry/admin_page.hpp>
#include <prelabel/telemetry/history.hpp>
#include <prelabel/telemetry/latest_documents.hpp>
#include <prelabel/telemetry/metrics.hpp>

#include <algorithm>

namespace prelabel::telemetry {
namespace {

constexpr const char* plain = "text/plain; charset=utf-8";
constexpr const char* json = "application/json";

Page ready(const Snapshot& snapshot) {
    const auto state = state_of(snapshot);
    if (state == "draining") return {503, plain, "not ready: draining\n", {}};
    if (!snapshot.pipeline || snapshot.pipeline->partitions_assigned == 0)
        return {503, plain, "not ready: no partition is assigned\n", {}};
    return {200, plain, state == "paused" ? "ready, but paused: see /status\n" : "ready\n", {}};
}

Page get(std::string_view path, std::string_view accept, const Snapshot& snapshot) {
    if (path == "/metrics") {
        const auto exposition = exposition_for(accept);
        return {200, std::string(content_type(exposition)), render_metrics(snapshot, exposition), {}};
    }
    if (path == "/healthz") return {200, plain, "ok\n", {}};
    if (path == "/readyz") return ready(snapshot);
    if (path == "/status") return {200, json, status_json(snapshot), {}};
    if (path == "/history" && snapshot.history) return {200, json, snapshot.history->json(), {}};
    if (path == "/documents" && snapshot.documents) return {200, json, snapshot.documents->json(), {}};
    if (path == "/documents") return {404, plain, "documents are shown with admin.show_documents: true\n", {}};
    const auto file = std::ranges::find(page_files(), path, &PageFile::path);
    if (file != page_files().end()) return {200, std::string(file->content_type), std::string(file->text), {}};
    return {404, plain, "not found; there are /metrics, /healthz, /readyz, /status, /history and /\n", {}};
}

}  // namespace

Page admin_page(std::string_view method, std::string_view target, std::string_view accept, const Snapshot& snapshot) {
    const auto path = target.substr(0, target.find_first_of("?#"));
    Page page = get(path, accept, snapshot);
    if (page.status != 404 && method != "GET" && method != "HEAD")
        return {405, plain, "only GET and HEAD\n", "GET, HEAD"};
    return page;
}

}  // namespace prelabel::telemetry
