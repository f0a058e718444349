"""What a person at a shell is offered: real bash and zsh get keys typed at a terminal, fish is asked by its own command; and the manual
page is one that man and mandoc take without a warning."""

import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import sys
import time

from parts import BUILD, PRELABEL, Skip, expect, expect_equal, perform

TAB = "\t"
# What is typed, and the words that the command then gets ("=" and " " between an option and its value are the same).
TYPED = {
    f"la{TAB}": "label",
    f"label --dead-l{TAB}x": "label --dead-letters x",
    f"schema --format j{TAB}": "schema --format jsonschema",
    f"schema --format=j{TAB}": "schema --format jsonschema",
    f"estimate --input-format t{TAB}s{TAB}": "estimate --input-format tsv",
    f"check -c my{TAB}": "check -c my config.yaml",
    f"check --config=my{TAB}": "check --config my config.yaml",
    f"init --dir fo{TAB}": "init --dir folder",
    f"label my{TAB}": "label my config.yaml",
    f"label --resume=m{TAB}": "label --resume mixed",
    f"label --max-cost m{TAB}": "label --max-cost m",
    f"run m{TAB}": "run m",
    f"help est{TAB}": "help estimate",
    f"completion f{TAB}": "completion fish",
    f"--vers{TAB}": "--version",
}


def need(program):
    if not shutil.which(program):
        raise Skip(f"{program} is not here")


def script_for(stage, shell, name):
    return stage.write(name, stage.prelabel("completion", shell).expect_code(0).out)


def prepare(stage):
    """A folder to complete in, and a `prelabel` that prints its words."""
    stage.write("my config.yaml", "")
    (stage.folder / "folder").mkdir()
    programs = stage.folder / "programs"
    programs.mkdir()
    (programs / "prelabel").write_text('#!/bin/sh\nprintf "<<%s>>\\n" "$*"\n')
    (programs / "prelabel").chmod(0o755)
    return {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "TERM": "dumb", "HOME": str(stage.folder), "LC_ALL": "C.UTF-8"}


class Terminal:
    """A shell at a terminal."""

    def __init__(self, stage, command, environment):
        self.seen = ""
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            os.chdir(stage.folder)
            os.execvpe(command[0], command, environment)
        stage.at_end(self.close)

    def type(self, text):
        os.write(self.descriptor, text.encode())

    def wait_for(self, pattern, seconds=20):
        """The first match in what was printed since the last one."""
        deadline = time.monotonic() + seconds
        while not (found := re.search(pattern, self.seen)):
            ready = select.select([self.descriptor], [], [], max(0, deadline - time.monotonic()))[0]
            expect(ready, f"the shell did not print {pattern!r}; it printed {self.seen[-500:]!r}")
            self.seen += os.read(self.descriptor, 65536).decode(errors="replace")
        self.seen = self.seen[found.end():]
        return found

    def close(self):
        os.close(self.descriptor)
        os.kill(self.pid, 9)
        os.waitpid(self.pid, 0)


def expect_completed(terminal):
    for typed, expected in TYPED.items():
        terminal.type(f"prelabel {typed}\n")
        words = terminal.wait_for(r"<<(.*?)>>")[1]
        expect_equal(words.replace("=", " ").rstrip(" /"), expected, f"words of {typed!r}")


def bash_completes_what_is_typed(stage):
    environment = prepare(stage)
    script = script_for(stage, "bash", "prelabel.bash")
    stage.run("bash", "-n", script).expect_code(0)
    terminal = Terminal(stage, ["bash", "--norc", "--noprofile", "-i"], environment)
    terminal.type(f"bind 'set bell-style none'; source '{script}' && printf 'is %s\\n' ready\n")
    terminal.wait_for("is ready")
    expect_completed(terminal)
    terminal.type("COMP_WORDBREAKS=${COMP_WORDBREAKS//=}\n")
    expect_completed(terminal)


def listed_commands(stage):
    """As the help lists them."""
    return re.findall(r"^  ([a-z]+) ", stage.prelabel("--help").out.split("\nCommands:\n")[1].split("\n\n")[0], re.MULTILINE)


def offered_by_bash(stage, script, *words):
    """All that bash offers for the last word."""
    program = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _prelabel; printf "%s\\n" "${COMPREPLY[@]}"'
    return stage.run("bash", "-c", program, "-", script, *words).expect_code(0).out.split()


def bash_offers_all_there_is_and_nothing_else(stage):
    script = script_for(stage, "bash", "prelabel.bash")
    stage.write("in.jsonl", "")
    listed = listed_commands(stage)
    expect_equal(sorted(offered_by_bash(stage, script, "prelabel", "")), sorted(listed), "commands")
    for command in sorted(set(listed) - {"version", "help"}):
        flags = [name for names in re.findall(r"^  (-\S+)", stage.prelabel(command, "--help").out, re.MULTILINE) for name in names.split(",")]
        expect_equal(sorted(offered_by_bash(stage, script, "prelabel", command, "-")), sorted(flags), f"options of {command}")
    expect_equal(offered_by_bash(stage, script, "prelabel", "estimate", "--format", ""), ["json", "table"], "formats")
    for behind in (("=",), ("=", "")):
        expect_equal(offered_by_bash(stage, script, "prelabel", "estimate", "--format", *behind), ["json", "table"], "behind =")
    expect_equal(offered_by_bash(stage, script, "prelabel", "label", "--resume", ""), offered_by_bash(stage, script, "prelabel", "label", ""), "files behind a flag")
    expect("in.jsonl" in offered_by_bash(stage, script, "prelabel", "label", ""), "files to label")
    for nothing in (("run", ""), ("label", "--page", "=", "x"), ("label", "--set", ""), ("nonsense", ""), ("nonsense", "-")):
        expect_equal(offered_by_bash(stage, script, "prelabel", *nothing), [], f"offers for {nothing}")


def zsh_completes_what_is_typed(stage):
    need("zsh")
    environment = prepare(stage)
    script = script_for(stage, "zsh", "_prelabel")
    stage.run("zsh", "-n", script).expect_code(0)
    for setup in (f"fpath=('{stage.folder}' $fpath); autoload -U compinit && compinit -u -D",  # as an installed file
                  f"autoload -U compinit && compinit -u -D; source '{script}'"):
        terminal = Terminal(stage, ["zsh", "-f", "-i"], environment)
        terminal.type(f"unsetopt beep; {setup} && printf 'is %s\\n' ready\n")
        terminal.wait_for("is ready")
        expect_completed(terminal)


def fish_offers_what_is_typed(stage):
    need("fish")
    environment = prepare(stage)
    script = script_for(stage, "fish", "prelabel.fish")
    stage.run("fish", "--no-config", "-n", script, **environment).expect_code(0)
    for typed, expected in TYPED.items():
        before = "prelabel " + typed.split(TAB)[0]
        asked = stage.run("fish", "--no-config", "-c", 'source $argv[1]; complete -C $argv[2]', script, before, **environment).expect_code(0)
        expect_equal(asked.err, "", f"what fish complains about at {before!r}")
        offered = [line.split("\t")[0] for line in asked.out.splitlines()]
        last = "my config.yaml" if "my" in expected else expected.split()[-1]
        if typed.count(TAB) > 1:
            expect("tsv" in offered and "text" in offered, f"{before!r}: {offered}")
        elif expected in ("run m", "label --max-cost m"):
            expect_equal(offered, [], f"offers for {before!r}")
        elif typed.endswith("x"):
            expect_equal(offered, ["--dead-letters"], f"offers for {before!r}")
        else:
            expect_equal([word.split("=")[-1].rstrip("/") for word in offered], [last], f"offers for {before!r}")
    asked = stage.run("fish", "--no-config", "-c", 'source $argv[1]; complete -C "prelabel "', script, **environment).out
    described = dict(line.split("\t") for line in asked.splitlines())
    expect_equal(sorted(described), sorted(listed_commands(stage)), "commands, and no files")


def the_manual_page_says_all_and_nothing_complains(stage):
    need("man")
    need("mandoc")
    page = stage.write("prelabel.1", stage.prelabel("man").expect_code(0).out)
    expect_equal(stage.run("mandoc", "-T", "lint", page).out, "", "what mandoc says")
    shown = stage.run("man", "--warnings", "-l", page, MANWIDTH="100", LC_ALL="C.UTF-8", MAN_KEEP_FORMATTING="").expect_code(0)
    expect_equal(shown.err, "", "what groff says")
    text = re.sub(r".\x08", "", shown.out)
    sections = dict(re.findall(r"^   (\w+)\n(.*?)(?=^   \w|^\S)", text, re.MULTILINE | re.DOTALL))
    for command in listed_commands(stage):
        expect(command in sections, f"{command} is not in the manual page")
        help_text = stage.prelabel(command, "--help").out if command not in ("help", "version") else ""
        for names in re.findall(r"^  (-\S+)", help_text, re.MULTILINE):
            for name in names.split(","):
                expect(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", sections[command]), f"{name} of {command} is not in the manual page")
    expect("A,B,..." in text, "an ellipsis is three dots, which every terminal shows")
    expect(stage.prelabel("man").out.isascii(), "nothing needs a terminal with UTF-8")


def an_installed_tree_has_them_where_shells_look(stage):
    stage.run("cmake", "--install", BUILD, "--prefix", stage.folder / "usr").expect_code(0)
    for path, words in (("man/man1/prelabel.1", ("man",)), ("bash-completion/completions/prelabel", ("completion", "bash")),
                        ("zsh/site-functions/_prelabel", ("completion", "zsh")), ("fish/vendor_completions.d/prelabel.fish", ("completion", "fish"))):
        expect_equal((stage.folder / "usr/share" / path).read_text(), stage.prelabel(*words).out, path)


if __name__ == "__main__":
    sys.exit(perform([bash_completes_what_is_typed, bash_offers_all_there_is_and_nothing_else, zsh_completes_what_is_typed, fish_offers_what_is_typed,
                      the_manual_page_says_all_and_nothing_complains, an_installed_tree_has_them_where_shells_look]))
