"""Whether the pages for users tell the truth: their shell blocks are run as they stand, and what they show is what is printed.

A page's blocks run in their order in one shell, in a folder of its own; those of the guide find there what the quickstart made, and its
simulator. Only the fixed ports are replaced by free ones. A `text` block is what the page promises: its lines must have been printed one
behind the other, but where a line `…` says that some are left out. Its numbers must be those that were printed, but for times and rates.
"""

import contextlib
import re
import shlex
import socket
import sys

from parts import BUILD, ROOT, expect, expect_equal, perform

PORTS = ("8089", "9464")
DOCS = ROOT / "docs"


def free_ports(count):
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [str(one.getsockname()[1]) for one in sockets]


def blocks_of(page):
    """(language, title, content) of each block."""
    return re.findall(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', page.read_text(), re.MULTILINE | re.DOTALL)


def script_of(page):
    """The page as one script. Before the line behind a program that is left running, its port is waited for, as a person's typing takes long."""
    lines = []
    for language, title, content in blocks_of(page):
        if title:
            lines.append(f"cat > {shlex.quote(title)} <<'END_OF_FILE'\n{content}END_OF_FILE")
        elif language == "sh":
            lines.append(re.sub(r"^(.*(?:127\.0\.0\.1:(\d+)).*&)$", r"\1\nuntil : 2>/dev/null >/dev/tcp/127.0.0.1/\2; do sleep 0.1; done", content, flags=re.MULTILINE))
    return "\n".join(lines)


def shapes(text):
    """Its lines that are not empty, without what is another at each run (times, rates) and the width of their blanks."""
    lines = (re.sub(r"\b\d[\d,.]*(?= ?(?:µs|ms|s|min|h|a second|a minute|/s)\b)", "0", line) for line in text.splitlines())
    return [re.sub(r"\s+", " ", line).strip() for line in lines if line.strip()]


def promises(block):
    """The parts of a block between the lines that say that something is left out."""
    return [part for part in re.split(r"^…$", block, flags=re.MULTILINE) if part.strip()]


def stands_in(part, printed):
    return any(printed[at:at + len(part)] == part for at in range(len(printed)))


def expect_page(stage, page, before=""):
    script = "set -eu\ntrap 'kill $(jobs -p) 2>/dev/null; wait' EXIT\n" + before + script_of(page)
    ports = dict(zip(PORTS, free_ports(len(PORTS))))
    for port, free in ports.items():
        script = re.sub(rf"\b{port}\b", free, script)
    ended = stage.run("bash", "-c", script, seconds=180, PATH=f"{BUILD}/bin:{BUILD}/libexec:/usr/bin:/bin").expect_code(0)
    printed = ended.out + ended.err
    for port, free in ports.items():
        printed = re.sub(rf"\b{free}\b", port, printed)
    broken = [part for language, title, content in blocks_of(page) if language == "text" and not title
              for part in promises(content) if not stands_in(shapes(part), shapes(printed))]
    expect(not broken, f"{page.name} promises what is not printed: {broken}\n{ended.out[-3000:]}")


def the_quickstart_does_what_it_says(stage):
    expect_page(stage, DOCS / "quickstart.md")


def page_of_the_guide(name):
    def test(stage):
        # Its programs are left running for this page.
        quickstart = script_of(DOCS / "quickstart.md").split("\nmock-broker ")[0]
        expect_page(stage, DOCS / "guide" / f"{name}.md", quickstart + "\n")
    test.__name__ = f"the_guide_to_{name}_does_what_it_says"
    return test


def sizing_has_the_figures_of_the_measurements(stage):
    measured = (DOCS / "benchmarks.md").read_text().split("## Share of the rate")[1]
    sizing = (DOCS / "sizing.md").read_text()
    dearest = 0
    for in_flight, rate, cpu, cores, memory in re.findall(r"^\| ([\d,]+) \| [\d,]+ \| ([\d,]+) \| \S+ \| ([\d.]+) \| ([\d.]+) \| (\d+) MiB \|$", measured, re.MULTILINE):
        row = f"| {rate} | {in_flight} | {cores} | {float(cpu):.0f} µs | {memory} MiB |"
        expect(row in sizing, f"sizing.md has no row {row}")
        dearest = max(dearest, float(cpu))
    expect(dearest / 1e6 <= float(re.search(r"documents per second × (0\.\d+)\.\*\*", sizing)[1]) < 1.1 * dearest / 1e6, f"the factor is not that of {dearest} µs")
    used = min(float(share) for share in re.findall(r"\*\*([\d.]+)%\*\*", (DOCS / "quota.md").read_text()))
    expect_equal(set(re.findall(r"× (0\.9\d+)", sizing)), {f"{used / 100:g}"}, "the share of the quota")
    growth, documents = re.search(r"changed by \+([\d.]+) MiB", measured)[1], re.search(r"^([\d,]+) documents of 2 KiB in one run", measured, re.MULTILINE)[1]
    expect(re.search(rf"stayed\s+within {float(growth):.0f} MiB over\s+{documents} documents", sizing), "the growth of memory")


def pages_name_what_there_is(stage):
    metrics, settings, commands = ((DOCS / name).read_text() for name in ("metrics.md", "configuration.md", "reference/cli.md"))
    for page in (DOCS / "quickstart.md", DOCS / "sizing.md", DOCS / "upgrade-and-recovery.md", *sorted((DOCS / "guide").glob("*.md"))):
        text = page.read_text()
        for name in set(re.findall(r"\bprelabel_[a-z_]+", text)):
            expect(f"`{name.removesuffix('_bucket')}`" in metrics, f"{page.name} names a metric that does not exist: {name}")
        for key in set(re.findall(r"`((?:llm|input|output|admin|log)\.[a-z_.]+)", text)):
            expect(f"`{key}`" in settings or f"`{key}." in settings, f"{page.name} names a setting that does not exist: {key}")
        for command, words in re.findall(r"\bprelabel ([a-z]+)((?: .*)?)", "\n".join(content for language, _, content in blocks_of(page) if language == "sh")):
            expect(f"\n## prelabel {command}\n" in commands, f"{page.name} names a command that does not exist: {command}")
            section = commands.split(f"\n## prelabel {command}\n")[1].split("\n## ")[0]
            for option in re.findall(r"(?<=\s)--?[a-z][a-z-]*", words.split("#")[0].split("|")[0]):
                expect(re.search(rf"`{option}[` \[]", section), f"{page.name}: {command} has no option {option}")


if __name__ == "__main__":
    sys.exit(perform([the_quickstart_does_what_it_says, sizing_has_the_figures_of_the_measurements, pages_name_what_there_is,
                      *(page_of_the_guide(page.stem) for page in sorted((DOCS / "guide").glob("*.md")))]))
