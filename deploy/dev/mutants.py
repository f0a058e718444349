"""Plants the bugs of tests/mutants in a copy of the tree, one by one, and says which test finds each.

A bug is a patch with a few lines above it:

    Bug: what is wrong, as an operator would meet it
    Tests: flow pipeline sim          the test programs that may find it
    Fast: yes                         it is among those that CI plants

The unchanged copy must pass first. A patch that does not apply or build is an error, as a bug that nobody finds is.
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

PROGRAM_SECONDS_MAX = 300
WORLDS = {"PRELABEL_SIM_SEEDS": "700", "PRELABEL_SIM_FAILURES": "1"}


@dataclasses.dataclass
class Mutant:
    name: str
    bug: str
    tests: list[str]
    fast: bool
    patch: pathlib.Path


def read_mutant(patch: pathlib.Path) -> Mutant:
    head = dict(re.findall(r"^(\w+): (.+)$", patch.read_text().partition("\n--- ")[0], re.MULTILINE))
    if not head.get("Bug") or not head.get("Tests"):
        sys.exit(f"{patch}: a planted bug says what it is (Bug:) and which tests look for it (Tests:)")
    return Mutant(patch.stem, head["Bug"], head["Tests"].split(), head.get("Fast") == "yes", patch)


def copy_tree(root: pathlib.Path, tree: pathlib.Path) -> None:
    """The working tree as it stands. A file whose bytes are the same keeps its time, so that little is built again."""
    listing = subprocess.run(["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"], check=True, capture_output=True)
    names = {name for name in listing.stdout.decode().split("\0") if name and (root / name).is_file()}
    for old in [path for path in tree.rglob("*") if path.is_file()]:
        relative = old.relative_to(tree)
        if relative.parts[0] != "build" and str(relative) not in names:
            old.unlink()
    for name in names:
        source, target = root / name, tree / name
        data = source.read_bytes()
        if not target.exists() or target.read_bytes() != data:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)


class Bench:
    """The copy and its build, which lies in it where ./dev test has its own: so both find the same objects in the cache."""

    def __init__(self, root: pathlib.Path, place: pathlib.Path) -> None:
        self.tree, self.build = place, place / "build/dev"
        self.tree.mkdir(parents=True, exist_ok=True)
        copy_tree(root, self.tree)
        self.run(["cmake", "--preset", "dev", "-S", self.tree, "-Wno-dev"], "the copy could not be configured")

    @staticmethod
    def run(command: list, complaint: str, environment: dict[str, str] | None = None) -> None:
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
        if done.returncode != 0:
            raise RuntimeError(f"{complaint}:\n{(done.stdout + done.stderr)[-3000:]}")

    def patch(self, mutant: Mutant, *options: str) -> None:
        environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(self.tree.parent)}  # the copy is no repository
        self.run(["git", "-C", self.tree, "apply", *options, mutant.patch],
                 f"{mutant.patch.name} does not apply: the code it changes has changed, so write it anew", environment)

    def touched(self, mutant: Mutant) -> dict[pathlib.Path, bytes]:
        names = re.findall(r"^--- a/(\S+)", mutant.patch.read_text(), re.MULTILINE)
        return {self.tree / name: (self.tree / name).read_bytes() for name in names if (self.tree / name).exists()}

    def compile(self, tests: list[str]) -> None:
        self.run(["cmake", "--build", self.build, "--target", *[f"{test}_test" for test in tests]], "it does not build")

    def finders(self, tests: list[str]) -> list[str]:
        """Who finds something wrong: "program: first failed test", with the seed where the simulation says one."""
        with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
            return [found for found in pool.map(self.finder, tests) if found]

    def finder(self, test: str) -> str | None:
        program, report = self.build / "tests" / f"{test}_test", self.build / f"{test}.json"
        report.unlink(missing_ok=True)
        environment = {**os.environ, **WORLDS, "GTEST_FAIL_FAST": "1"}
        try:
            done = subprocess.run([program, f"--gtest_output=json:{report}", "--gtest_color=no"], capture_output=True, text=True, errors="replace",
                                  env=environment, timeout=PROGRAM_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            return f"{test}: does not end"
        if done.returncode == 0:
            return None
        started = re.findall(r"^\[ RUN      \] (\S+)", done.stdout, re.MULTILINE)
        if not report.exists():
            contract = re.search(r"contract broken: (.*)", done.stderr)
            return f"{test}: {started[-1] if started else '?'} crashes" + (f" ({contract.group(1)})" if contract else "")
        failed = [f"{suite['name']}.{case['name']}" for suite in json.loads(report.read_text())["testsuites"] for case in suite["testsuite"] if case.get("failures")]
        if test == "sim" and (world := re.search(r"^Failed\n(.*)$", done.stdout, re.MULTILINE)):
            return f"sim: {world.group(1)}"
        return f"{test}: {failed[0] if failed else started[-1]}"


def judge(bench: Bench, mutant: Mutant, all_finders: bool) -> list[str]:
    """Who finds the bug. Unit tests are asked first; where one is enough, the simulation is asked only if they are silent."""
    originals = bench.touched(mutant)
    try:
        bench.patch(mutant)
        units = [test for test in mutant.tests if test != "sim"]
        found: list[str] = []
        for tests in ([mutant.tests] if all_finders else [units, [test for test in mutant.tests if test == "sim"]]):
            if tests and not found:
                bench.compile(tests)
                found = bench.finders(tests)
        return found
    finally:
        for path, data in originals.items():
            path.write_bytes(data)


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev mutants", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("place", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--fast", action="store_true", help="only the bugs that CI plants, and one finder is enough")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only the bugs with this in their name")
    options = parser.parse_args()

    planted = [read_mutant(path) for path in sorted((options.root / "tests/mutants").glob("*.patch"))]
    mutants = [mutant for mutant in planted if mutant.fast or not options.fast]
    if options.names:
        mutants = [mutant for mutant in mutants if any(name in mutant.name for name in options.names)]
    if not mutants:
        sys.exit("no planted bug has such a name")

    tests = sorted({test for mutant in mutants for test in mutant.tests})
    try:
        bench = Bench(options.root, options.place)
        for mutant in planted:  # whoever changes the code is told at once, also of those that are not planted now
            bench.patch(mutant, "--check")
        bench.compile(tests)
        if red := bench.finders(tests):
            raise RuntimeError("the tests fail without any planted bug: " + "; ".join(red))
    except RuntimeError as error:
        sys.exit(f"./dev mutants: {error}")

    width = max(len(mutant.name) for mutant in mutants)
    wrong = 0
    for mutant in mutants:
        started = time.monotonic()
        try:
            found = judge(bench, mutant, all_finders=not options.fast)
            verdict = "; ".join(found) if found else "FOUND BY NOBODY"
            wrong += 0 if found else 1
        except RuntimeError as error:
            verdict = f"ERROR {error}"
            wrong += 1
        print(f"{mutant.name:{width}}  {mutant.bug}\n{'':{width}}  -> {verdict}  ({time.monotonic() - started:.0f} s)", flush=True)
    print(f"{len(mutants) - wrong} of {len(mutants)} planted bugs are found")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
