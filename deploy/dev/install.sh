#!/usr/bin/env bash
# ./dev install [--e2e] [--package]: install what is missing (Debian 12 or 13); --e2e also Java and Maven, for a real Kafka broker, and other shells; --package also what makes packages
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

debian=$(debian_version)
[[ -n $debian ]] ||
    fail "made for Debian 12 and 13. Elsewhere install what deploy/dev/install.sh lists and build with: cmake --preset release && cmake --build build"

packages=(
    g++ cmake ninja-build ccache pkg-config git                          # to build
    python3 python3-venv openssl                                         # to run tests and format
    rapidjson-dev prometheus-cpp-dev libyaml-cpp-dev libcli11-dev libspdlog-dev
    libssl-dev libxxhash-dev libutf8proc-dev libre2-dev zlib1g-dev libzstd-dev libcurl4-openssl-dev
    libgtest-dev libgmock-dev libbenchmark-dev
)
if [[ $debian == 12 ]]; then
    # The default Boost is 1.74; the last line is what librdkafka is built from source with (deps.sh).
    packages+=(libboost1.81-dev
        make dpkg-dev libsasl2-dev)
else
    packages+=(libboost-dev librdkafka-dev libjsoncons-dev)
fi

for argument in "$@"; do
    case $argument in
        --e2e) packages+=(default-jre-headless maven zsh fish man-db mandoc) ;;
        --package) packages+=(dpkg-dev file) ;;
        *) fail "install: unknown argument \"$argument\"" ;;
    esac
done

install_packages "${packages[@]}"

if [[ $debian == 12 && $PRELABEL_DEPS == "$cache/deps" ]]; then
    bash "$root/deploy/dev/deps.sh"
fi
