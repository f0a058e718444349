"""docs/benchmarks.md from measured figures."""

import pathlib
import platform
import re
import subprocess

MIB = 1024 * 1024


def machine():
    """Cores, processor, memory and versions in general words."""
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    cores = len(re.findall(r"^processor", pathlib.Path("/proc/cpuinfo").read_text(), re.M))
    memory = int(re.search(r"MemTotal:\s*(\d+)", pathlib.Path("/proc/meminfo").read_text()).group(1)) / MIB
    compiler = subprocess.run(["g++", "-dumpfullversion"], capture_output=True, text=True, check=False).stdout.strip()
    return (f"{cores} cores of {cpu.group(1) if cpu else platform.machine()} (a virtual machine), {memory:.0f} GiB, "
            f"Linux {platform.release().split('-')[0]}, g++ {compiler}, Apache Kafka 4.3.1, OpenJDK; "
            "worker, model and broker share the cores, nothing is pinned")


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def cpu_table(results):
    rows = []
    for size, run in results["cpu"].items():
        wrk, kcat = results["wrk"][size], results["kcat"][size]
        rows.append([f"{size:,} B", f"**{run['cpu_us']:.1f}**", f"{run['rate']:,.0f}", f"{run['peak'] / MIB:.0f} MiB", f"{run['entities']:.1f}",
                     f"{wrk['cpu_us']:.1f} ({run['cpu_us'] / wrk['cpu_us']:.1f}×)" if wrk else "not installed",
                     f"{kcat['cpu_us']:.1f} ({run['cpu_us'] / kcat['cpu_us']:.1f}×)" if kcat else "not installed"])
    return table(["document", "CPU-µs per document", "documents/s", "peak memory", "entities per document", "`wrk`, CPU-µs per request", "`kcat` in and out, CPU-µs"], rows)


def latency_table(results):
    rows = [[f"{in_flight:,}", f"{run['ideal']:,.0f}", f"{run['rate']:,.0f}", f"**{run['rate'] / run['ideal']:.1%}**", f"{run['cpu_us']:.1f}",
             f"{run['cores']:.2f}", f"{run['peak'] / MIB:.0f} MiB"] for in_flight, run in results["latency"].items()]
    return table(["in flight", "ideal documents/s", "documents/s", "share of ideal", "CPU-µs per document", "cores used", "peak memory"], rows)


def flat_text(flat):
    first, last = flat["memory"][0][1], flat["memory"][-1][1]
    rows = [[f"{done:,}", f"{bytes_ / MIB:.1f}"] for done, bytes_ in flat["memory"]]
    return (f"{flat['documents']:,} documents of 2 KiB in one run at zero latency, {flat['rate']:,.0f} documents/s, {flat['cpu_us']:.1f} CPU-µs each. "
            f"Resident memory at each tenth; from the first to the last it changed by {(last - first) / MIB:+.1f} MiB.\n\n"
            + table(["documents", "resident MiB"], rows))


def markdown(results, where, day):
    sections = [f"""# Benchmarks

<!-- Written by bench/worker/worker_bench.py: `./dev bench --flat --write`. Do not edit the figures. -->

The whole worker: a real Kafka broker, `llm-sim` as the model, one `prelabel run` with at-least-once delivery and all features
(checks, grounding, cache, pacing, metrics). Repeat with `./dev bench` (`--flat` adds the long run, `--write` rewrites this page).

- Measured {day} on {where}. Load average at the start: {results['load']:.1f}.
- One topic of six partitions. The texts are generated, all different, with five names each. Every document is one call; the
  cache answers none.
- CPU is user and system time of the worker process with all its threads, from the first tenth to the end; the best of {results['repeats']} run(s).

## What a document costs

{cpu_table(results)}

`wrk` posts the same bytes to the same server over 256 connections and ignores the answers: no client can be cheaper. `kcat` reads
the same topic and writes the same values with lz4: this is the cost of Kafka alone. Target: at most 90 CPU-µs for 2 KiB, later 45.
A shared machine is a third faster or slower from hour to hour. So compare the factors (×) first: both sides were measured in the
same minutes.

The cores that worker, simulated model and broker share limit the rate at zero latency; the CPU per document is the worker's own."""]
    if results["latency"]:
        sections.append(f"""## Share of the rate that latency allows

Every answer takes exactly 200 ms, and documents have 2 KiB, so the ideal rate is in flight / 0.2 s. Target: 95 % up to 1,024 in flight.

{latency_table(results)}""")
    if results["flat"]:
        sections.append("## Is memory flat?\n\n" + flat_text(results["flat"]))
    return "\n\n".join(sections) + "\n"
