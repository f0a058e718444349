# Prometheus' programs without its service. Sourced, not run.
# shellcheck shell=bash

# prometheus_program NAME: prints the path of `prometheus` or `promtool`, unpacked from the distribution's package. Installing
# the package would start a server on the machine.
prometheus_program() {
    local folder=$cache/prometheus-debian-$(debian_version)
    if [[ ! -x $folder/usr/bin/$1 ]]; then
        say "unpacking the distribution's prometheus"
        local work get=(apt-get -qq -o APT::Sandbox::User=root download prometheus)
        work=$(mktemp -d "$cache/prometheus.XXXXXX")
        (cd "$work" && { "${get[@]}" || { as_root apt-get -qq update && "${get[@]}"; }; }) >&2 &&
            dpkg-deb -x "$work"/prometheus_*.deb "$work/root" || fail "could not get the package prometheus from the distribution"
        # Another checkout may have done the same meanwhile.
        mv -T "$work/root" "$folder" 2>/dev/null || [[ -x $folder/usr/bin/$1 ]] || fail "could not unpack prometheus into $folder"
        rm -rf "$work"
    fi
    printf '%s' "$folder/usr/bin/$1"
}
