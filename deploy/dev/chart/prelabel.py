"""Whether prelabel itself accepts the files that the chart renders."""

import os
import pathlib
import subprocess

WORKLOADS = ("Deployment", "StatefulSet")


def find_prelabel(root):
    """A built program: where PRELABEL_BUILD says, or the newest below build."""
    said = os.environ.get("PRELABEL_BUILD")
    places = [pathlib.Path(said)] if said else [root / "build", *(root / "build").glob("*/")]
    programs = [place / "bin/prelabel" for place in places if (place / "bin/prelabel").is_file()]
    return max(programs, key=lambda path: path.stat().st_mtime, default=None)


def certificate(folder):
    folder.mkdir(parents=True)
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=kafka"]
    subprocess.run([*command, "-keyout", folder / "key", "-out", folder / "crt"], check=True, capture_output=True)
    return (folder / "crt").read_bytes(), (folder / "key").read_bytes()


def accepts(program, folder, items):
    """Runs `prelabel check` with the files, the variables and the Secrets that the worker would have."""
    workload = next(item for item in items if item["kind"] in WORKLOADS)
    spec = workload["spec"]["template"]["spec"]
    worker = next(container for container in spec["containers"] if container["name"] == "prelabel")
    here = {item["metadata"]["name"]: item["data"] for item in items if item["kind"] == "ConfigMap"}
    mounts = {mount["name"]: mount["mountPath"] for mount in worker["volumeMounts"]}
    crt, key = certificate(folder / "made")
    for volume in spec["volumes"]:
        if "configMap" in volume:
            for name, text in here[volume["configMap"]["name"]].items():
                target = folder / mounts[volume["name"]].lstrip("/") / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text.replace("/run/secrets/", f"{folder}/run/secrets/"))
        if "secret" in volume:
            target = folder / mounts[volume["name"]].lstrip("/")
            target.mkdir(parents=True)
            for name in ("ca.crt", "user.crt", "tls.crt"):
                (target / name).write_bytes(crt)
            for name in ("user.key", "tls.key"):
                (target / name).write_bytes(key)
            for name in ("api-key", "key"):
                (target / name).write_text("sk-not-a-key")
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    for variable in worker["env"]:
        environment[variable["name"]] = variable.get("value", "of-another-object")
    arguments = [argument if argument != "run" else "check" for argument in worker["args"]]
    arguments = [str(folder) + argument if argument.startswith("/etc/") else argument for argument in arguments]
    result = subprocess.run([program, *arguments], capture_output=True, text=True, env=environment, timeout=120)
    return [] if result.returncode == 0 else [f"exit {result.returncode}\n{result.stdout}{result.stderr}"]
