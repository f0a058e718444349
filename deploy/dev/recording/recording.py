"""Runs the commands below in a terminal of its own and writes what a person would see: BUILD OUT.

OUT.cast is for asciinema (version 2), OUT.svg is the same as an animated picture for a README. Nothing is edited: keys are
typed at the pace of a person, and what the programs print comes when they print it. Only long waits are cut short.
"""

import codecs
import fcntl
import html
import json
import os
import pathlib
import pty
import re
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import time

import pyte

COLUMNS, ROWS = 100, 30
KEY_SECONDS, READING_SECONDS, LONGEST_WAIT = 0.03, 2.0, 1.0
FRAME_SECONDS = 0.12

SAMPLES = pathlib.Path(__file__).resolve().parents[3] / "tests" / "data"

COMMANDS = [
    "# 172 documents, three labels, and a model behind $MODEL (here: llm-sim, a simulator)",
    "prelabel init --kind ner --labels PER,ORG,LOC --model gpt-4o-mini --base-url $MODEL --from documents.jsonl",
    "prelabel check",
    "prelabel estimate documents.jsonl",
    "prelabel label documents.jsonl -o labeled.jsonl",
    "prelabel show labeled.jsonl -n 3",
    "prelabel evaluate --gold gold.jsonl --pred labeled.jsonl",
]


class Recorder:
    """Output with its time, without the waits that nobody wants to watch."""

    def __init__(self):
        self.events, self.now = [], 0.0

    def add(self, text, after):
        self.now += min(after, LONGEST_WAIT)
        self.events.append((self.now, text))

    def type(self, command):
        self.add("\x1b[32m$\x1b[0m ", 0)
        for key in command:
            self.add(key, KEY_SECONDS)
        self.add("\r\n", 0.3)

    def run(self, command, folder, environment):
        """The command's output as it comes from a terminal. Fails when the command does."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        process = subprocess.Popen(["bash", "-c", command], stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder, env=environment)
        os.close(theirs)
        decoder, last = codecs.getincrementaldecoder("utf-8")(), time.monotonic()
        while True:
            ready, _, _ = select.select([ours], [], [], 60)
            if not ready:
                process.kill()
                sys.exit(f"recording: {command}: prints nothing for a minute")
            try:
                chunk = os.read(ours, 65536)
            except OSError:  # the last one on the other side has left
                break
            if not chunk:
                break
            now = time.monotonic()
            self.add(decoder.decode(chunk), now - last)
            last = now
        os.close(ours)
        if process.wait() != 0:
            sys.exit(f"recording: {command}: exit code {process.returncode}\n{''.join(text for _, text in self.events[-20:])}")


def record(build):
    with tempfile.TemporaryDirectory(prefix="prelabel-recording-") as name:
        folder = pathlib.Path(name)
        for file in ("documents.jsonl", "gold.jsonl"):
            shutil.copy(SAMPLES / file, folder)
        sim = subprocess.Popen([build / "bin" / "llm-sim", "--listen", "127.0.0.1:0", "--gold", SAMPLES / "gold.jsonl", "--error-rate", "0.1",
                                "--latency-median", "600ms"], stdout=subprocess.PIPE, text=True)
        try:
            address = re.search(r"http://\S+", sim.stdout.readline()).group()
            environment = {"PATH": f"{build / 'bin'}:/usr/bin:/bin", "HOME": name, "TERM": "xterm-256color", "LANG": "C.UTF-8", "MODEL": address}
            recorder = Recorder()
            for command in COMMANDS:
                recorder.type(command)
                if not command.startswith("#"):
                    recorder.run(command, folder, environment)
                    recorder.add("", 0)
                    recorder.now += READING_SECONDS
                    recorder.add("\r\n", 0)
            recorder.now += READING_SECONDS
            recorder.add("", 0)
            return recorder.events
        finally:
            sim.terminate()
            sim.wait()


def write_cast(events, path):
    head = {"version": 2, "width": COLUMNS, "height": ROWS, "title": "prelabel: the first five minutes, with a simulated model"}
    lines = [json.dumps(head)] + [json.dumps([round(at, 3), "o", text], ensure_ascii=False) for at, text in events if text]
    path.write_text("\n".join(lines) + "\n")


# ---------------------------------------------------------------------------------------------------------- the picture

COLOURS = {"default": "#d0d0d0", "black": "#1e1e1e", "red": "#f48771", "green": "#89d185", "brown": "#e2c08d", "blue": "#75beff", "magenta": "#d7a1f9",
           "cyan": "#6fd3d3", "white": "#f0f0f0"}
BACKGROUND = "#1b1f27"
CELL, LINE, MARGIN = 8.4, 18, 14
NO_BREAK = "\u00a0"  # a space that no renderer drops


def colour(name):
    name = name.removeprefix("bright")
    return COLOURS.get(name, f"#{name}" if re.fullmatch("[0-9a-f]{6}", name) else COLOURS["default"])


def spans(row):
    """Neighbours that look the same, as (column, text, look)."""
    found = []
    for column in range(COLUMNS):
        cell = row[column]
        if not cell.data:  # the second half of a wide character
            continue
        fore, back = (cell.bg, cell.fg) if cell.reverse else (cell.fg, cell.bg)
        look = (colour("black" if cell.reverse and fore == "default" else fore), None if back == "default" and not cell.reverse else colour(back), cell.bold)
        if found and found[-1][2] == look:
            found[-1][1].append(cell.data)
        else:
            found.append((column, [cell.data], look))
    return [(column, "".join(text), look) for column, text, look in found if "".join(text).strip() or look[1]]


def frame(screen):
    parts = []
    for number in range(ROWS):
        y = MARGIN + number * LINE
        for column, text, (fore, back, bold) in spans(screen.buffer[number]):
            x = MARGIN + column * CELL
            if back:
                parts.append(f'<rect x="{x:.1f}" y="{y}" width="{len(text) * CELL:.1f}" height="{LINE}" fill="{back}"/>')
            weight = ' font-weight="bold"' if bold else ""
            parts.append(f'<text x="{x:.1f}" y="{y + 13}" fill="{fore}"{weight}>{html.escape(text.rstrip()).replace(" ", NO_BREAK)}</text>')
    return "".join(parts)


def frames(events):
    """(time, picture) for each moment that shows something new, at most one a FRAME_SECONDS."""
    screen = pyte.Screen(COLUMNS, ROWS)
    stream, found = pyte.Stream(screen), []
    for index, (at, text) in enumerate(events):
        stream.feed(text)
        follows = events[index + 1][0] if index + 1 < len(events) else None
        if found and follows is not None and follows - found[-1][0] < FRAME_SECONDS:
            continue
        picture = frame(screen)
        if not found or found[-1][1] != picture:
            found.append((at, picture))
    return found, events[-1][0]


def write_svg(events, path):
    shown, end = frames(events)
    width, height = round(2 * MARGIN + COLUMNS * CELL), 2 * MARGIN + ROWS * LINE
    steps = "".join(f"{100 * at / end:.3f}%{{transform:translateY({-index * height}px)}}" for index, (at, _) in enumerate(shown))
    strip = "".join(f'<g transform="translate(0 {index * height})">{picture}</g>' for index, (_, picture) in enumerate(shown))
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">'
        "<title>prelabel: init, check, estimate, label, show and evaluate in a terminal, with a simulated model</title>"
        f"<style>text{{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace}}"
        f".strip{{animation:play {end:.1f}s step-end infinite}}@keyframes play{{{steps}}}</style>"
        f'<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}"/><g class="strip">{strip}</g></svg>\n')


def main():
    build, out = pathlib.Path(sys.argv[1]), sys.argv[2]
    events = record(build)
    write_cast(events, pathlib.Path(out + ".cast"))
    write_svg(events, pathlib.Path(out + ".svg"))


if __name__ == "__main__":
    main()
