#!/usr/bin/env python3
"""Lays out the image in OUT from the programs in BUILD: assemble.py BUILD OUT, as root in the Debian that built them.

  OUT/root                 the worker's root: the program, the libraries that it loads, certificates, time zones
  OUT/llm-sim              the simulator, which needs no other libraries
  OUT/prelabel.spdx.json   what is inside (SPDX 2.3): the packages whose files are in the root, and the libraries that
                           are only headers, which the program has compiled in

Everything but the programs is a file of a Debian package. Scanners find the packages in /var/lib/dpkg/status.d.
"""

import datetime
import hashlib
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import uuid

ACCOUNT = 65532  # no user of the machine has it; Debian's own end at 59999
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
ZONES = "/usr/share/zoneinfo"
RELEASE = "/usr/lib/os-release"
# The kernel's interface: constants and structures. Its many advisories are about the kernel, which is the host's.
NOT_COMPILED_IN = {"linux-libc-dev"}
TEXT_FILES = {
    "etc/passwd": f"root:x:0:0:root:/:/sbin/nologin\nprelabel:x:{ACCOUNT}:{ACCOUNT}::/:/sbin/nologin\n",
    "etc/group": f"root:x:0:\nprelabel:x:{ACCOUNT}:\n",
    "etc/nsswitch.conf": "hosts: files dns\n",
}


def output_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Dpkg:
    """Whose file it is, and what is known of a package."""

    INFO = pathlib.Path("/var/lib/dpkg/info")
    FIELDS = ("Package", "Version", "Architecture", "source:Package", "source:Version")

    def __init__(self):
        self.owners = {}
        for listing in self.INFO.glob("*.list"):
            for path in listing.read_text().splitlines():
                self.owners[path] = listing.stem
        self.facts = {}
        form = "\\t".join(f"${{{field}}}" for field in self.FIELDS) + "\\n"
        for line in output_of("dpkg-query", "-W", "-f", form).splitlines():
            facts = dict(zip(self.FIELDS, line.split("\t")))
            self.facts[facts["Package"]] = facts

    def owner(self, path):
        """The package that has this file; none for what is not Debian's."""
        package = self.owners.get(str(path))
        return package and package.split(":")[0]

    def info(self, package, kind):
        """A file that dpkg keeps about a package, as text."""
        found = next(iter([*self.INFO.glob(f"{package}.{kind}"), *self.INFO.glob(f"{package}:*.{kind}")]), None)
        return found.read_text() if found else ""


def libraries(program):
    """The files that the loader opens for a program, as it names them."""
    printed = output_of("ldd", str(program))
    if "not found" in printed:
        raise SystemExit(f"assemble: {program} lacks a library:\n{printed}")
    return {path for path in re.findall(r"(/\S+) \(0x", printed)}


def copy(path, root):
    """A file, or a link and what it leads to, at its place below `root`, where /lib is a link as it is here."""
    path = pathlib.Path(path)
    path = path.parent.resolve() / path.name
    to = root / path.relative_to("/")
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(path, to, follow_symlinks=False)
    copied = {path}
    if path.is_symlink():
        copied |= copy(path.parent / os.readlink(path), root)
    return copied


def lay_out(build, root):
    """Gives the files of packages that are in the root now."""
    for name in ("bin", "lib", "lib64", "sbin"):
        here = pathlib.Path("/", name)
        if here.is_symlink():
            (root / "usr" / name).mkdir(parents=True, exist_ok=True)
            (root / name).symlink_to(os.readlink(here))
    program = root / "usr/bin/prelabel"
    subprocess.run(["strip", "-o", program, build / "bin/prelabel"], check=True)
    files = set().union(*(copy(library, root) for library in libraries(program)), copy(RELEASE, root))
    (root / "etc").mkdir()
    (root / "etc/os-release").symlink_to("../usr/lib/os-release")
    shutil.copytree(ZONES, root / ZONES[1:], symlinks=True, ignore=shutil.ignore_patterns("localtime"))  # the machine's own
    files |= {pathlib.Path(ZONES, "UTC")}
    copy(CERTIFICATES, root)
    for path, text in TEXT_FILES.items():
        (root / path).write_text(text)
    (root / "tmp").mkdir()
    (root / "tmp").chmod(0o1777)
    return files


def compiled_in(build, dpkg, sources):
    """Packages whose headers the program was compiled from, and of whose source no package is in the root."""
    printed = output_of("ninja", "-C", str(build), "-t", "deps")
    headers = {os.path.realpath(build / path) for path in re.findall(r"^    (\S.*)$", printed, re.M)}
    owners = {dpkg.owner(header) for header in headers} - {None} - NOT_COMPILED_IN
    return {package for package in owners if dpkg.facts[package]["source:Package"] not in sources}


def leave_notices(root, ours, packages):
    """The terms under which all of it may be passed on."""
    sources = {package: pathlib.Path("/usr/share/doc", package, "copyright") for package in packages}
    for package, source in {**sources, "prelabel": ours}.items():
        notice = root / "usr/share/doc" / package / "copyright"
        notice.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, notice)


def tell_scanners(root, dpkg, packages):
    """What dpkg knows of the packages, with the checksums of those of their files that are here."""
    status = root / "var/lib/dpkg/status.d"
    status.mkdir(parents=True)
    for package in packages:
        (status / package).write_text(output_of("dpkg-query", "-s", package))
        here = [line for line in dpkg.info(package, "md5sums").splitlines() if (root / line.split(None, 1)[1]).exists()]
        (status / f"{package}.md5sums").write_text("\n".join(here) + "\n")


def spdx_id(name):
    return "SPDXRef-Package-" + re.sub(r"[^A-Za-z0-9.-]", "-", name)


def described(facts):
    package, version, architecture, source, source_version = (facts[field] for field in Dpkg.FIELDS)
    encoded = version.replace(":", "%3A").replace("+", "%2B").replace("~", "%7E")
    named = sorted(set(re.findall(r"^License:[ \t]*(\S.*)$", pathlib.Path("/usr/share/doc", package, "copyright").read_text(), re.M)))
    terms = f"; it names: {', '.join(named)}" if named else ""
    return {
        "SPDXID": spdx_id(package),
        "name": package,
        "versionInfo": version,
        "supplier": "Organization: Debian",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NOASSERTION",
        "licenseComments": f"/usr/share/doc/{package}/copyright in the image{terms}",
        "copyrightText": "NOASSERTION",
        "sourceInfo": f"built from {source} {source_version}",
        "externalRefs": [{
            "referenceCategory": "PACKAGE-MANAGER",
            "referenceType": "purl",
            "referenceLocator": f"pkg:deb/debian/{package.replace('+', '%2B')}@{encoded}?arch={architecture}&distro=debian-{platform.freedesktop_os_release()['VERSION_ID']}",
        }],
    }


def bill_of_materials(program, dpkg, inside, compiled):
    version = output_of(str(program), "--version").split()[-1]
    ours = {
        "SPDXID": spdx_id("prelabel"),
        "name": "prelabel",
        "versionInfo": version,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "Apache-2.0",
        "licenseDeclared": "Apache-2.0",
        "copyrightText": "NOASSERTION",
        "primaryPackagePurpose": "APPLICATION",
        "checksums": [{"algorithm": "SHA256", "checksumValue": hashlib.sha256(program.read_bytes()).hexdigest()}],
    }
    packages = [ours] + [described(dpkg.facts[package]) for package in sorted(inside | compiled)]
    relations = [("SPDXRef-DOCUMENT", "DESCRIBES", ours["SPDXID"])]
    relations += [(ours["SPDXID"], "DEPENDS_ON", spdx_id(package)) for package in sorted(inside)]
    relations += [(ours["SPDXID"], "STATIC_LINK", spdx_id(package)) for package in sorted(compiled)]
    made = datetime.datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH") or datetime.datetime.now().timestamp()), datetime.timezone.utc)
    name = f"prelabel-{version}"
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": name,
        # The same for the same content.
        "documentNamespace": f"https://spdx.org/spdxdocs/{name}-{uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(packages))}",
        "creationInfo": {"created": made.strftime("%Y-%m-%dT%H:%M:%SZ"), "creators": ["Tool: deploy/docker/assemble.py"]},
        "packages": packages,
        "relationships": [{"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other} for one, kind, other in relations],
    }


def main(build, out):
    root, dpkg = out / "root", Dpkg()
    files = lay_out(build, root)
    subprocess.run(["strip", "-o", out / "llm-sim", build / "bin/llm-sim"], check=True)
    lacking = libraries(out / "llm-sim") - libraries(root / "usr/bin/prelabel")
    owners = {path: dpkg.owner(path) for path in files}
    foreign = sorted(str(path) for path, owner in owners.items() if owner is None)
    if lacking or foreign:
        raise SystemExit(f"assemble: llm-sim needs libraries that prelabel does not: {sorted(lacking)}; files of no package: {foreign}")
    inside = set(owners.values()) | {"ca-certificates"}  # whose one file here was made when it was installed
    compiled = compiled_in(build, dpkg, {dpkg.facts[package]["source:Package"] for package in inside})
    leave_notices(root, build.parent / "LICENSE", inside | compiled)
    tell_scanners(root, dpkg, inside)
    bill = bill_of_materials(root / "usr/bin/prelabel", dpkg, inside, compiled)
    (out / "prelabel.spdx.json").write_text(json.dumps(bill, indent=1, ensure_ascii=False) + "\n")
    print(f"{len(files)} files of {len(inside)} packages, and {len(compiled)} packages that are compiled in: {', '.join(sorted(compiled))}")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]))
