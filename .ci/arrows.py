"""Fails if a crate depends on what it must not know, or its source names it. The table is that of crates/README.md."""

import json
import pathlib
import re
import subprocess
import sys

# Which crates of ours each crate may depend on, tests excepted.
ALLOWED = {
    "mailwire-sasl": set(),
    "mailwire-pop3": set(),
    "mailwire-imap": set(),
    "mailwire-imap-client": {"imap", "sasl"},
    "mailwire-pop3-client": {"pop3", "sasl"},
    "mailwire-pop3-server": {"pop3", "sasl"},
    "mailwire-store": set(),
    "mailwire-service": {"pop3", "pop3-server", "sasl", "store"},
    "mailwire-tokio": {"imap", "imap-client", "pop3", "pop3-client", "pop3-server", "sasl", "service", "store"},
    "mailwire": {"imap", "imap-client", "pop3", "pop3-client", "pop3-server", "sasl", "service", "store", "tokio"},
}
# Crates of others that only some of ours may have, directly or not.
RUNTIMES = {"tokio", "tokio-util", "mio", "async-std", "smol", "getrandom"}
MAY_HAVE_RUNTIME = {"mailwire-tokio", "mailwire"}
FORBIDDEN_WORDS = re.compile(r"std::net|std::fs|std::time::(?:Instant|SystemTime)|Instant::now|SystemTime::now|\btokio::")
UNCHECKED = {"mailwire-testkit", "mailwire-benches", "mailwire-examples"}
MAX_LINES = 600


def main():
    problems = []
    metadata = json.loads(subprocess.check_output(["cargo", "metadata", "--locked", "--format-version", "1", "--all-features"]))
    names = {package["id"]: package["name"] for package in metadata["packages"]}
    normal = {
        node["id"]: [
            dependency["pkg"]
            for dependency in node["deps"]
            if any(kind["kind"] is None for kind in dependency["dep_kinds"])
        ]
        for node in metadata["resolve"]["nodes"]
    }
    members = {names[member]: member for member in metadata["workspace_members"]}
    for name, member in sorted(members.items()):
        if name in UNCHECKED:
            continue
        if name not in ALLOWED:
            problems.append(f"{name} is not in the table of arrows")
            continue
        direct = {names[dependency] for dependency in normal[member]}
        allowed = {f"mailwire-{short}" for short in ALLOWED[name]}
        for wrong in sorted({other for other in direct if other.startswith("mailwire")} - allowed):
            problems.append(f"{name} must not depend on {wrong}")
        if name not in MAY_HAVE_RUNTIME:
            for wrong in sorted({names[dependency] for dependency in closure(member, normal)} & RUNTIMES):
                problems.append(f"{name} must not bring in {wrong}")
        problems += sources(name)
    for package in metadata["packages"]:
        if (package["source"] or "").startswith("git"):
            problems.append(f"{package['name']} comes from git")
    print("\n".join(problems) or f"{len(members)} crates: no arrow that must not be")
    sys.exit(bool(problems))


def closure(root, normal):
    seen, waiting = set(), [root]
    while waiting:
        for dependency in normal[waiting.pop()]:
            if dependency not in seen:
                seen.add(dependency)
                waiting.append(dependency)
    return seen


def sources(name):
    problems = []
    folder = pathlib.Path("crates") / name / "src"
    if "#![forbid(unsafe_code)]" not in (folder / "lib.rs").read_text().splitlines():
        problems.append(f"{name} does not forbid unsafe code")
    for path in sorted(folder.rglob("*.rs")):
        lines = path.read_text().splitlines()
        if len(lines) > MAX_LINES:
            problems.append(f"{path} has {len(lines)} lines, more than {MAX_LINES}")
        if name in MAY_HAVE_RUNTIME:
            continue
        for number, line in enumerate(lines, 1):
            if FORBIDDEN_WORDS.search(line) and not line.lstrip().startswith("//"):
                problems.append(f"{path}:{number} names what is above it: {line.strip()}")
    return problems


main()
