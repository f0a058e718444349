"""Counts single tests: CTest runs programs, and each program says in its own way what became of its tests.

A GoogleTest program writes JUnit beside CTest's, into the same folder. An end-to-end script (tests/e2e/*_test.sh, *_test.py) prints
one line per test: "PASS name", "FAIL name: reason" or "SKIP name: reason". A program that CTest calls failed though it names no failed
test of its own crashed, hung or leaked, and counts as one failed test more. Of what a program printed, what its failed tests said is
shown. The last line printed is "N passed, N failed, N skipped".
"""

import pathlib
import re
import sys
from xml.etree import ElementTree

LINES_MAX = 50  # of a failed test, or of a program that names none
SCRIPT_LINE = re.compile(r"^(PASS|FAIL|SKIP) ([^:\n]+)(?:: (.*))?$", re.MULTILINE)
FAILED_IN_PROGRAM = re.compile(r"^\[ RUN      \] (\S+)\n(?:(?!\[ RUN ).*\n)*?\[  FAILED  \] \1\b.*$", re.MULTILINE)


def read(report: pathlib.Path) -> ElementTree.Element:
    return ElementTree.fromstring(report.read_text(errors="replace"))  # a failure may show bytes that are no text


def tests_of(program: ElementTree.Element, results: pathlib.Path) -> list[tuple[str, str, str]]:
    """What became of each test: verdict, name, and what there is to say about it."""
    report = results / f"{program.get('name')}.xml"
    if not report.exists():
        return SCRIPT_LINE.findall(program.findtext("system-out", ""))
    tests = []
    for case in read(report).iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        if failures := [failure.get("message", "") for failure in case.iter("failure")]:
            tests.append(("FAIL", name, "\n".join(failures)))
        elif case.get("result") == "skipped":
            tests.append(("SKIP", name, " ".join(case.find("skipped").get("message", "").split()[1:])))
        elif case.get("status") == "run":
            tests.append(("PASS", name, ""))
    return tests


def said_by_failed(output: str) -> list[str]:
    """What each failed test printed. A script's test ends with its line; what stands before belongs to it."""
    parts, begin = [match.group() for match in FAILED_IN_PROGRAM.finditer(output)], 0
    for line in SCRIPT_LINE.finditer(output):
        if line.group(1) == "FAIL":
            parts.append(output[begin:line.end()])
        begin = line.end()
    return parts or [output]


def main() -> int:
    results = pathlib.Path(sys.argv[1])
    count = {"PASS": 0, "FAIL": 0, "SKIP": 0}
    for program in read(results / "ctest.xml").iter("testcase"):
        tests = tests_of(program, results)
        verdicts = [verdict for verdict, _, _ in tests]
        trouble = program.find("failure")
        if trouble is not None and "FAIL" not in verdicts:
            tests.append(("FAIL", trouble.get("message") or "it failed", ""))
        elif not tests:
            tests.append(("FAIL", "it reported no test", ""))
        for verdict, name, said in tests:
            count[verdict] += 1
            if verdict != "PASS":
                print(f"{verdict} {program.get('name')}: {name}{': ' if said else ''}{said}")
        if any(verdict == "FAIL" for verdict, _, _ in tests):
            for part in said_by_failed(program.findtext("system-out", "")):
                print("\n".join(part.strip("\n").splitlines()[-LINES_MAX:]), end="\n\n")
    print(f"{count['PASS']} passed, {count['FAIL']} failed, {count['SKIP']} skipped")
    return 1 if count["FAIL"] or not count["PASS"] else 0


if __name__ == "__main__":
    sys.exit(main())
