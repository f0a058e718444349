#include "app/commands.hpp"
#include "app/exit_code.hpp"

#include <prelabel/base/nearest.hpp>
#include <prelabel/base/version.hpp>

#include <algorithm>
#include <csignal>
#include <iostream>
#include <malloc.h>
#include <vector>

#include <sys/prctl.h>
#include <sys/resource.h>

namespace {

/// Keys and documents are in memory: no core file, and no other process of this user may look inside.
void keep_memory_private() {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_DUMPABLE, 0);
}

/// Large blocks come from the system one by one and go back to it. By itself the allocator learns, after the first
/// large document, to keep such blocks, between small ones and in an arena for each thread:
/// they stay resident for good.
void give_memory_back() {
    ::mallopt(M_MMAP_THRESHOLD, 128 * 1024);
    ::mallopt(M_ARENA_MAX, 2);
}

}  // namespace

int main(int argc, char** argv) {
    using namespace prelabel;
    keep_memory_private();
    give_memory_back();
    std::signal(SIGPIPE, SIG_IGN);  // a reader that went away is an error of that write, not the end of the process

    CLI::App cli("Labels documents with LLMs at scale, from Kafka to Kafka.", "prelabel");
    cli.set_version_flag("--version", "prelabel " + std::string(program_version));
    cli.require_subcommand(1);
    cli.get_formatter()->column_width(38);
    app::Action chosen;
    app::add_run(cli, chosen);
    app::add_label(cli, chosen);
    app::add_check(cli, chosen);
    app::add_evaluate(cli, chosen);
    app::add_produce(cli, chosen);
    app::add_schema(cli, chosen);
    std::vector<std::string> known;
    for (const auto* command : cli.get_subcommands([](const CLI::App*) { return true; }))
        known.push_back(command->get_name());
    if (argc > 1 && argv[1][0] != '-' && std::ranges::find(known, argv[1]) == known.end()) {
        const auto meant = nearest(argv[1], known);
        std::cerr << "prelabel: there is no command \"" << argv[1] << '"'
                  << (meant ? "; did you mean " + *meant + "?" : "; prelabel --help lists them") << '\n';
        return app::wrong_usage;
    }
    try {
        cli.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return cli.exit(error) == 0 ? app::done : app::wrong_usage;
    }
    return chosen();
}
