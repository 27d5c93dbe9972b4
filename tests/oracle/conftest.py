"""Where the program, the samples and the corpora are, and how the program is run."""

import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


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
