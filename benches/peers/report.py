"""Tables and the description of the machine that a record was made on."""

import json
import os
import platform
import re
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

RECORD = Path(__file__).resolve().parent.parent / "record"


def machine():
    """What a reader needs to know of the machine."""
    info = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    name = re.search(r"model name\s*:\s*(.*)", info)
    flags = (re.search(r"flags\s*:\s*(.*)", info) or re.match("()", "")).group(1).split()
    return {
        "cpu": name.group(1) if name else platform.processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "simd": [flag for flag in ("sse2", "avx2", "avx512f") if flag in flags],
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def versions(packages):
    """Versions of `packages`, where installed."""
    found = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "absent"
    return found


def revision():
    """The commit that was measured."""
    try:
        found = subprocess.run(
            ["git", "describe", "--always", "--dirty"], cwd=RECORD, capture_output=True, text=True, check=True
        )
        return found.stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def markdown(head, rows):
    """A table in Markdown, readable as text too: columns are padded, numbers stand right."""
    cells = [[str(cell) for cell in row] for row in [head, *rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    right = [all(re.match(r"^[-\d.,·x≥<> ]*$", row[i]) for row in cells[1:]) for i in range(len(head))]

    def line(row):
        padded = [c.rjust(w) if r else c.ljust(w) for c, w, r in zip(row, widths, right, strict=True)]
        return "| " + " | ".join(padded) + " |"

    rule = "|" + "|".join("-" * (w + 1) + (":" if r else "-") for w, r in zip(widths, right, strict=True)) + "|"
    return "\n".join([line(cells[0]), rule, *map(line, cells[1:])])


def write(kind, text, data):
    """Writes `benches/record/<date>-<kind>-<machine>.{md,json}` and returns the path of the first."""
    slug = re.sub(r"[^a-z0-9]+", "-", machine()["cpu"].lower()).strip("-") or "unknown"
    stem = RECORD / f"{datetime.now(UTC):%Y-%m-%d}-{kind}-{slug}"
    RECORD.mkdir(exist_ok=True)
    stem.with_suffix(".md").write_text(text + "\n")
    stem.with_suffix(".json").write_text(json.dumps(data, indent=1) + "\n")
    return stem.with_suffix(".md")
