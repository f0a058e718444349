"""Runs the test programs of a build folder and the scripts of tests/e2e, and counts what they say.

A test program is a GoogleTest executable that CTest knows; it reports as JSON. An end-to-end script (tests/e2e/*_test.sh,
*_test.py) prints one line per test: "PASS name", "FAIL name: reason" or "SKIP name: reason". A program that crashes, hangs or
reports nothing counts as one failed test more. The last line printed is "N passed, N failed, N skipped".
"""

import argparse
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import re
import subprocess
import sys
import time

PROGRAM_SECONDS_MAX = 900
OUTPUT_LINES_MAX = 120  # of one failure
SCRIPT_LINE = re.compile(r"^(PASS|FAIL|SKIP) ([^:\n]+)(?:: (.*))?$", re.MULTILINE)


@dataclasses.dataclass
class Report:
    program: str
    seconds: float = 0.0
    passed: list[str] = dataclasses.field(default_factory=list)
    failed: list[tuple[str, str]] = dataclasses.field(default_factory=list)  # name, what it printed
    skipped: list[tuple[str, str]] = dataclasses.field(default_factory=list)  # name, reason


def tail(text: str) -> str:
    lines = text.splitlines()
    if len(lines) > OUTPUT_LINES_MAX:
        lines = [f"… {len(lines) - OUTPUT_LINES_MAX} lines left out", *lines[-OUTPUT_LINES_MAX:]]
    return "\n".join(lines)


def execute(command: list[str], log: pathlib.Path) -> tuple[str, str | None]:
    """Output, and what is wrong with how it ended (nothing when it ended by itself with any exit code below 128)."""
    with log.open("w+b") as sink:
        try:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT, start_new_session=True)
        except OSError as error:
            return "", f"did not start: {error.strerror}"
        try:
            code = process.wait(timeout=PROGRAM_SECONDS_MAX)
            trouble = f"died of signal {-code}" if code < 0 else None
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()
            trouble = f"did not end within {PROGRAM_SECONDS_MAX} s"
    return log.read_text(errors="replace"), trouble


def printed_by(test: str, verdict: str, output: str) -> str | None:
    """What a program printed between GoogleTest's lines about the start and the end of one test."""
    pattern = rf"^\[ RUN      \] {re.escape(test)}$(.*?)^\[ *{verdict} *\] {re.escape(test)}"
    match = re.search(pattern, output, re.MULTILINE | re.DOTALL)
    return match.group(1).strip() if match else None


def skip_reason(test: str, output: str) -> str:
    printed = printed_by(test, "SKIPPED", output) or ""
    return " ".join(printed.partition("Skipped\n")[2].split())


def count_googletest(document: dict, output: str, report: Report) -> None:
    for suite in document["testsuites"]:
        for test in suite["testsuite"]:
            name = f"{suite['name']}.{test['name']}"
            if test["status"] != "RUN":
                continue
            if test["result"] == "SKIPPED":
                report.skipped.append((name, skip_reason(name, output)))
            elif test.get("failures"):
                report.failed.append((name, tail(printed_by(name, "FAILED", output) or output)))
            else:
                report.passed.append(name)


def run_program(command: list[str], results: pathlib.Path, gtest_filter: str | None) -> Report:
    report = Report(pathlib.Path(command[0]).name)
    answer = results / f"{report.program}.json"
    answer.unlink(missing_ok=True)
    arguments = [f"--gtest_output=json:{answer}", "--gtest_color=no"]
    if gtest_filter:
        arguments.append(f"--gtest_filter={gtest_filter}")
    started = time.monotonic()
    output, trouble = execute(command + arguments, results / f"{report.program}.log")
    report.seconds = time.monotonic() - started
    if answer.exists():
        count_googletest(json.loads(answer.read_text(errors="replace")), output, report)
    elif not trouble:
        trouble = "ended without a report"  # a sanitizer's exit, or exit() inside a test
    if trouble:
        report.failed.append((f"{report.program} {trouble}", tail(output)))
    elif "ERROR: LeakSanitizer" in output:
        report.failed.append((f"{report.program} leaks", tail(output)))
    return report


def run_script(script: pathlib.Path, results: pathlib.Path) -> Report:
    report = Report(script.name)
    command = ["/usr/bin/python3" if script.suffix == ".py" else "bash", str(script)]
    started = time.monotonic()
    output, trouble = execute(command, results / f"{script.name}.log")
    report.seconds = time.monotonic() - started
    for verdict, name, reason in SCRIPT_LINE.findall(output):
        if verdict == "PASS":
            report.passed.append(name)
        elif verdict == "SKIP":
            report.skipped.append((name, reason))
        else:
            report.failed.append((name, tail(output)))
    if trouble or not (report.passed or report.failed or report.skipped):
        report.failed.append((f"{script.name} {trouble or 'reported nothing'}", tail(output)))
    return report


def programs_of(build: pathlib.Path) -> list[list[str]]:
    listing = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"], check=True, capture_output=True, text=True)
    # CTest names no command for a program that was not built; running its bare name says so as a failure.
    return [test.get("command", [str(build / "tests" / f"{test['name']}_test")]) for test in json.loads(listing.stdout)["tests"]]


def show(report: Report) -> None:
    print(f"{report.program:32} {len(report.passed):5} passed {len(report.failed):3} failed {len(report.skipped):3} skipped"
          f" {report.seconds:7.1f} s", flush=True)
    for name, printed in report.failed:
        print(f"FAILED {name}\n{printed}\n", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("program", nargs="?", help="only this one: flow for flow_test, or an end-to-end script's name")
    parser.add_argument("filter", nargs="?", help="as --gtest_filter takes it")
    options = parser.parse_args()

    root = pathlib.Path(__file__).resolve().parents[2]
    results = options.build.resolve() / "test-results"
    results.mkdir(exist_ok=True)

    programs = programs_of(options.build)
    scripts = sorted(path for path in (root / "tests/e2e").glob("*_test.*") if path.suffix in (".sh", ".py"))
    if options.program:
        programs = [command for command in programs if pathlib.Path(command[0]).name in (options.program, f"{options.program}_test")]
        scripts = [path for path in scripts if path.stem in (options.program, f"{options.program}_test")]
        if not programs and not scripts:
            print(f"no test program or script is called {options.program}", file=sys.stderr)
            return 2

    reports = []
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        running = [pool.submit(run_program, command, results, options.filter) for command in programs]
        for done in concurrent.futures.as_completed(running):
            reports.append(done.result())
            show(reports[-1])
    for script in scripts:  # one at a time: they start brokers and measure
        reports.append(run_script(script, results))
        show(reports[-1])

    for report in reports:
        for name, reason in report.skipped:
            print(f"skipped {report.program}: {name}: {reason or 'no reason given'}")
    passed, failed, skipped = (sum(len(getattr(report, kind)) for report in reports) for kind in ("passed", "failed", "skipped"))
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
