"""What `cmake --install` leaves in a folder works there, wherever that folder is moved; the systemd unit is one that systemd takes."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

from cases import SAMPLE_DOCUMENTS
from parts import PRELABEL, SAMPLES, Skip, expect, expect_equal, json_lines, perform

ROOT = SAMPLES.parents[1]
BUILD = pathlib.Path(PRELABEL).parents[1]


def installed_programs_run_from_any_folder(stage):
    first, folder = stage.folder / "first", stage.folder / "moved"
    stage.run("cmake", "--install", BUILD, "--prefix", first).expect_code(0)
    first.rename(folder)
    environment = {"LD_LIBRARY_PATH": ""}
    for program in ("prelabel", "llm-sim"):
        stage.run(folder / "bin" / program, "--version", **environment).expect_code(0)
    sim = stage.llm_sim()
    config = stage.write("c.yaml", f"task: {SAMPLES / 'news-ner.yaml'}\nllm: {{model: sim, base_url: \"{sim.base_url}\"}}\n")
    stage.run(folder / "bin" / "prelabel", "label", SAMPLE_DOCUMENTS, "-c", config, "-o", "out.jsonl", **environment).expect_code(0)
    expect_equal(len(json_lines(stage.folder / "out.jsonl")), len(json_lines(SAMPLE_DOCUMENTS)), "records")
    expect((folder / "share/doc/prelabel/README.md").exists(), "no README is installed")
    expect_equal(dead_links(folder / "share/doc/prelabel"), [], "links of installed pages that lead nowhere")


def dead_links(folder):
    links = ((page, link) for page in sorted(folder.rglob("*.md")) for link in re.findall(r"\]\(([^)#\s]+)", page.read_text()) if ":" not in link)
    return [f"{page.relative_to(folder)}: {link}" for page, link in links if not (page.parent / link).exists()]


def the_unit_is_a_unit(stage):
    if not shutil.which("systemd-analyze"):
        raise Skip("systemd is not here")
    unit = (ROOT / "deploy/systemd/prelabel@.service").read_text().replace("/usr/bin/prelabel", PRELABEL)
    path = stage.folder / "prelabel@.service"
    path.write_text(unit)
    verified = subprocess.run(["systemd-analyze", "verify", path], capture_output=True, text=True, timeout=60, env={**os.environ, "SYSTEMD_LOG_LEVEL": "warning"})
    about_it = [line for line in verified.stderr.splitlines() if "prelabel@" in line]
    expect_equal((verified.returncode, about_it), (0, []), "what systemd-analyze says")


def a_wrong_configuration_is_not_started_again(stage):
    lines = (ROOT / "deploy/systemd/prelabel@.service").read_text().splitlines()
    settings = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    expect("ExecStartPre" not in settings, "its exit status would not count for RestartPreventExitStatus")
    wrong = stage.write("wrong.yaml", "llm: {modell: x}\n")
    command = settings["ExecStart"].replace("/etc/prelabel/%i.yaml", str(wrong)).split()
    ended = stage.prelabel(*command[1:]).expect_code(int(settings["RestartPreventExitStatus"]))
    expect("modell" in ended.err, f"it says {ended.err!r}")


if __name__ == "__main__":
    sys.exit(perform([installed_programs_run_from_any_folder, the_unit_is_a_unit, a_wrong_configuration_is_not_started_again]))
