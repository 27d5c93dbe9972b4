"""Where the program, the samples and the corpora are, and how a printed document is compared bit for bit."""

import json
import math
import os
import struct
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


@pytest.fixture(scope="session")
def program():
    """The release binary that the test command has built."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    binary = target / "release" / "arrcalc"
    assert binary.exists(), f"{binary}: build it first: cargo build --release"
    return binary


@pytest.fixture(scope="session")
def samples():
    return ROOT / "datasets" / "samples"


@pytest.fixture(scope="session")
def corpora():
    """Files nobody here wrote; tests that need them say so when they are not there."""
    folder = os.environ.get("ARRCALC_CORPORA")
    if not folder:
        pytest.skip("ARRCALC_CORPORA is not set: the corpora are not on this machine")
    path = (ROOT / folder) if not os.path.isabs(folder) else Path(folder)
    assert path.is_dir(), f"ARRCALC_CORPORA={folder} is not a folder"
    return path


@pytest.fixture(scope="session")
def run(program):
    """Runs the program; returns the finished process."""

    def run(*arguments, timeout=60, **options):
        command = [str(program), *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, timeout=timeout, **options)

    return run


@pytest.fixture(scope="session")
def describe(run):
    """`describe --format json` as a dictionary by column name, and the row count."""

    def describe(*arguments, **options):
        done = run("describe", *arguments, "--format", "json", **options)
        assert done.returncode == 0, done.stderr
        document = json.loads(done.stdout)
        return {column["name"]: column for column in document["columns"]}, document["rows"]

    return describe


def bits(value):
    """What two equal results share: the type and, of floats, the bits (one NaN)."""
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else struct.pack("<d", value).hex()
    return value


def assert_same(found, expected, where, narrow=False):
    """Every expected statistic is printed with the same bits. `narrow`: printed as binary32's shortest decimal."""
    for name, want in expected.items():
        have = found[name]
        if isinstance(want, float):
            have = SPECIAL.get(have, have) if isinstance(have, str) else have
            assert isinstance(have, (int, float)), f"{where} {name}: {have!r}, expected {want!r}"
            have = float(have)
            if narrow and math.isfinite(have):
                have = struct.unpack("<f", struct.pack("<f", have))[0]
        assert bits(have) == bits(want), f"{where} {name}: {have!r}, expected {want!r}"
