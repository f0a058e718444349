"""Looks into the image: what is there, what is not, and whether the bill of materials says so.

usage: look.py ROOT INSPECTED SBOM VERSION MIRROR, with the image's mounted root, what `buildah inspect` prints about it, the bill of
materials, the version that it should have, and the address of the packages, of which nothing may remain.
"""

import hashlib
import json
import os
import pathlib
import re
import stat
import subprocess
import sys
import urllib.parse

from spdx_tools.spdx.model import RelationshipType
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

HERE = pathlib.Path(__file__).resolve()
sys.path += [str(HERE.parents[1]), str(HERE.parents[3] / "tests/e2e")]

from checks import perform  # noqa: E402
from expectations import expect  # noqa: E402

ROOT, INSPECTED, SBOM = (pathlib.Path(argument) for argument in sys.argv[1:4])
VERSION, MIRROR = sys.argv[4:]
BYTES_MAX = 60_000_000
ACCOUNT = "65532"
# Programs by which an intruder would get further.
TOOLS = re.compile(r"^(ba|da|a|z|k|c)?sh$|^(busybox|env|apt.*|dpkg.*|perl.*|python.*|curl|wget|nc|openssl|su|sudo|mount)$")
HEADERS_ONLY = {"rapidjson-dev", "libcli11-dev", "libjsoncons-dev"}  # and Boost, whose package has its version in its name


def entries():
    """Everything in the image, as it is called there, with what the system knows about it."""
    for folder, folders, files in os.walk(ROOT):
        for name in folders + files:
            path = pathlib.Path(folder, name)
            yield "/" + str(path.relative_to(ROOT)), path, path.lstat()


def regular_files():
    return [(name, path) for name, path, about in entries() if stat.S_ISREG(about.st_mode)]


def inside(*command):
    """Runs a program of the image as the image would."""
    return subprocess.run(["chroot", f"--userspec={ACCOUNT}:{ACCOUNT}", ROOT, *command], capture_output=True, text=True, timeout=60)


def bill():
    return parse_file(str(SBOM))


def packages_in_the_bill():
    return {package.name: package for package in bill().packages}


def scanners_are_told():
    return {path.name for path in (ROOT / "var/lib/dpkg/status.d").iterdir() if path.suffix != ".md5sums"}


# ------------------------------------------------------------------------------------------------------------- the checks


def it_is_small():
    sizes = {about.st_ino: about.st_size for _, _, about in entries() if stat.S_ISREG(about.st_mode)}
    expect(sum(sizes.values()) < BYTES_MAX, f"it has {sum(sizes.values()):,} bytes")
    return f"{sum(sizes.values()) / 1e6:.1f} MB in {len(sizes)} files"


def it_has_one_program_and_no_shell():
    places = [ROOT / place for place in ("usr/bin", "usr/sbin", "usr/local", "usr/libexec", "opt")]
    programs = [str(path.relative_to(ROOT)) for place in places if place.exists() for path in place.rglob("*")]
    expect(programs == ["usr/bin/prelabel"], f"programs: {programs}")
    tools = [name for name, path, about in entries() if TOOLS.match(path.name) and not stat.S_ISDIR(about.st_mode)]
    expect(not tools, f"tools: {tools}")


def nothing_gives_rights_or_takes_data():
    for name, _, about in entries():
        expect(not about.st_mode & (stat.S_ISUID | stat.S_ISGID), f"{name} is set-user-id or set-group-id")
        expect(stat.S_ISLNK(about.st_mode) or name == "/tmp" or not about.st_mode & 0o022, f"others may write {name}")
        expect(about.st_uid == about.st_gid == 0, f"{name} is not root's")
        expect(stat.S_IFMT(about.st_mode) in (stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK), f"{name} is a device or a socket")


def links_lead_somewhere():
    for name, path, about in entries():
        if not stat.S_ISLNK(about.st_mode):
            continue
        to = os.path.normpath(os.path.join(os.path.dirname(name), os.readlink(path)))
        found = ROOT / to.lstrip("/")
        expect(found.exists() or found.is_symlink(), f"{name} leads to {to}, which is not there")


def nothing_of_the_builder_is_left():
    host = urllib.parse.urlsplit(MIRROR).netloc.encode()
    expect(host, f"{MIRROR!r} names no host")
    expect(not (ROOT / "etc/apt").exists(), "/etc/apt is there")
    named = [name for name, path in regular_files() if host in path.read_bytes()]
    expect(not named, f"the mirror is named in {named}")


def it_says_how_to_run_it():
    config = json.loads(INSPECTED.read_text())["Docker"]["config"]
    expected = {"User": f"{ACCOUNT}:{ACCOUNT}", "Entrypoint": ["/usr/bin/prelabel"], "Cmd": ["run"], "StopSignal": "SIGTERM"}
    for key, value in expected.items():
        expect(config[key] == value, f"{key} is {config[key]}")
    expect(config["Healthcheck"]["Test"] == ["CMD", "/usr/bin/prelabel", "health"], f"health check: {config['Healthcheck']}")
    names = sorted(one.split("=")[0] for one in config["Env"])
    expect(names == ["PATH", "PRELABEL_CONFIG", "SSL_CERT_FILE"], f"variables: {names}")
    labels = {name.removeprefix("org.opencontainers.image."): value for name, value in config["Labels"].items()}
    for name in ("title", "description", "licenses", "version", "revision", "source"):
        expect(labels.get(name), f"there is no label {name}")
    expect(labels["version"] == VERSION, f"the label's version is {labels['version']}")
    expect(re.fullmatch(r"[0-9a-f]{40}|unknown", labels["revision"]), f"the label's revision is {labels['revision']}")


def the_program_starts():
    for name, link in (("/etc/ssl/certs/ca-certificates.crt", False), ("/usr/share/zoneinfo/Europe/Berlin", False), ("/etc/os-release", True)):
        path = ROOT / name[1:]
        expect(path.is_symlink() if link else path.stat().st_size > 100, f"{name} is not there")
    ended = inside("/usr/bin/prelabel", "--version")
    expect(ended.stdout == f"prelabel {VERSION}\n", f"--version: {ended.stdout}{ended.stderr}")
    ended = inside("/usr/bin/prelabel", "health", "--url", "http://127.0.0.1:1")
    expect(ended.returncode == 1 and "connection refused" in ended.stderr, f"health: {ended.stdout}{ended.stderr}")


def the_bill_is_valid():
    document = bill()
    wrong = [message.validation_message for message in validate_full_spdx_document(document)]
    expect(not wrong, "; ".join(wrong[:5]))
    found = packages_in_the_bill()["prelabel"]
    digest = hashlib.sha256((ROOT / "usr/bin/prelabel").read_bytes()).hexdigest()
    expect(found.version == VERSION and found.checksums[0].value == digest, "the bill is about another program")
    for package in document.packages:
        locators = [reference.locator for reference in package.external_references]
        expect(package.name == "prelabel" or re.fullmatch(rf"pkg:deb/debian/[^@]+@[^?]+\?arch=\w+&distro=debian-13", *locators), f"{package.name}: {locators}")
    return f"{len(document.packages)} packages"


def every_library_is_in_the_bill():
    sums = {}
    for listing in (ROOT / "var/lib/dpkg/status.d").glob("*.md5sums"):
        for line in listing.read_text().splitlines():
            digest, path = line.split(None, 1)
            sums[f"/{path}"] = (digest, listing.stem)
    packages, checked = packages_in_the_bill(), 0
    for name, path in regular_files():
        if not re.search(r"\.so(\.|$)", path.name):
            continue
        expect(name in sums, f"{name} is a file of no package")
        digest, package = sums[name]
        expect(hashlib.md5(path.read_bytes()).hexdigest() == digest, f"{name} is not the file of {package}")
        expect(package in packages, f"{package} is not in the bill")
        checked += 1
    expect(checked > 10, f"only {checked} libraries")
    return f"{checked} libraries"


def the_bill_has_all_packages_and_what_is_compiled_in():
    packages = packages_in_the_bill()
    for name in scanners_are_told():
        status = (ROOT / "var/lib/dpkg/status.d" / name).read_text()
        expect(name in packages, f"{name} is in the image and not in the bill")
        expect(f"\nVersion: {packages[name].version}\n" in status, f"{name} has another version than in the bill")
    compiled = {relation.related_spdx_element_id.removeprefix("SPDXRef-Package-") for relation in bill().relationships
                if relation.relationship_type == RelationshipType.STATIC_LINK}
    expect(HEADERS_ONLY <= compiled and any(re.fullmatch(r"libboost1\.\d+-dev", one) for one in compiled), f"compiled in: {sorted(compiled)}")
    expect(set(packages) == scanners_are_told() | compiled | {"prelabel"}, "the bill has more than the image")
    for name in packages:
        expect((ROOT / "usr/share/doc" / name / "copyright").stat().st_size > 0, f"the terms of {name} are not in the image")
    return f"{len(compiled)} compiled in: {', '.join(sorted(compiled))}"


if __name__ == "__main__":
    sys.exit(perform([
        it_is_small, it_has_one_program_and_no_shell, nothing_gives_rights_or_takes_data, links_lead_somewhere,
        nothing_of_the_builder_is_left, it_says_how_to_run_it, the_program_starts, the_bill_is_valid, every_library_is_in_the_bill,
        the_bill_has_all_packages_and_what_is_compiled_in,
    ]))
