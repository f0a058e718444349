#include "app/admin_port.hpp"
#include "app/commands.hpp"
#include "app/config_option.hpp"
#include "app/exit_code.hpp"

#include <prelabel/base/expects.hpp>
#include <prelabel/http/http_client.hpp>

#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace prelabel::app {
namespace {

constexpr std::chrono::seconds time_limit{2};
constexpr std::size_t reply_bytes_max = 4096;  // of ours; another server's page is no answer to read

struct Options {
    ConfigOption config;
    std::string url;
    bool ready = false;
};

/// None for what is no address of an admin port.
std::optional<http::Endpoint> endpoint_of(const std::string& url) {
    const auto base = http::parse_base_url(url);
    if (!base || base->endpoint.secure || !base->path.empty()) return std::nullopt;
    return base->endpoint;
}

std::string wrong_url(const std::string& url) {
    return endpoint_of(url) ? "" : "found \"" + url + "\"; expected an address such as http://127.0.0.1:9464";
}

/// Of the worker; none after it was said why.
std::optional<http::Endpoint> worker_asked(const Options& options) {
    if (!options.url.empty()) return endpoint_of(options.url);
    const auto settings = options.config.load({.model = false, .input = false, .output = false});
    if (!settings) return std::nullopt;
    if (!settings->admin.enabled) {
        complain("admin.listen is off, so there is no port to ask");
        return std::nullopt;
    }
    if (settings->admin.port == 0) {
        complain("admin.listen has port 0, for which the system chooses another one: name it with --url");
        return std::nullopt;
    }
    return admin_endpoint(settings->admin);
}

async::Coroutine<> ask(http::HttpClient* client, std::string path, TimePoint deadline,
                       std::optional<http::HttpOutcome>* outcome) {
    outcome->emplace(co_await client->get(path, deadline));
}

http::HttpOutcome ask(const http::Endpoint& worker, const std::string& path) {
    boost::asio::io_context loop{1};
    async::WheelClock clock(loop.get_executor());
    http::Settings settings;
    settings.body_bytes_max = reply_bytes_max;
    const auto client = http::HttpClient::make(loop.get_executor(), clock, worker, settings);
    expects(client.has_value(), "a client without TLS needs nothing");
    std::optional<http::HttpOutcome> outcome;
    boost::asio::co_spawn(loop.get_executor(), ask(client->get(), path, clock.now() + time_limit, &outcome),
                          [](const std::exception_ptr& error) { expects(!error, "a call does not throw"); });
    while (!outcome) loop.run_one();
    return std::move(*outcome);
}

/// What a probe's log shows: one line of printable characters.
std::string first_line(const std::string& body) {
    std::string line = body.substr(0, body.find('\n'));
    std::erase_if(line, [](unsigned char c) { return c < ' ' || c == 0x7f; });
    return line;
}

std::string sentence(const http::HttpFailure& failure, const std::string& asked) {
    switch (failure.kind) {
        case http::FailureKind::timed_out:
            return asked + ": no answer within " + std::to_string(time_limit.count()) + " s";
        case http::FailureKind::wrong_address:
            return asked + ": no plain HTTP is spoken there, or there is no such host";
        case http::FailureKind::connection:
        case http::FailureKind::malformed:
        case http::FailureKind::local_limit:
            break;
    }
    return asked + ": " + failure.message;
}

int probe(const Options& options) {
    const auto worker = worker_asked(options);
    if (!worker) return failed;  // not wrong_usage: to Docker and Kubernetes a probe has two results
    const std::string path = options.ready ? "/readyz" : "/healthz";
    const std::string asked = "http://" + worker->display() + path;
    const http::HttpOutcome outcome = ask(*worker, path);
    if (const auto* failure = std::get_if<http::HttpFailure>(&outcome)) {
        complain(sentence(*failure, asked));
        return failed;
    }
    const auto& response = std::get<http::HttpResponse>(outcome);
    if (response.status != 200) {
        complain(asked + ": " + std::to_string(response.status) + ", " + first_line(response.body));
        return failed;
    }
    std::cout << asked << ": " << first_line(response.body) << '\n';
    return done;
}

}  // namespace

void add_health(CLI::App& app, Action& chosen) {
    auto* command = app.add_subcommand("health", "For probes: asks a worker on this machine whether its loop turns");
    auto options = std::make_shared<Options>();
    options->config.add_to(*command);
    command->add_option("--url", options->url, "Address of the admin port; default: admin.listen of the configuration")
        ->check(CLI::Validator(wrong_url, ""))
        ->type_name("URL")
        ->excludes("--config");
    command->add_flag("--ready", options->ready, "Ask whether it has partitions and does not drain (/readyz)");
    command->callback([options, &chosen] { chosen = [options] { return probe(*options); }; });
}

}  // namespace prelabel::app
