"""Mutates real files at random and describes the mutants: never a crash, a hang or memory past the budget.

    python tests/oracle/mutations.py --count 20000 --seed 1 --corpora ../shared/corpora

Prints the number of runs, exit codes, slowest run and highest peak, and every mutant that broke a promise (kept
below --keep). The test suite runs a small count of the same.
"""

import argparse
import collections
import concurrent.futures
import os
import random
import resource
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SIZE_BYTES_MAX = 400_000
SECONDS_MAX = 10
MEMORY_MB = 512
# What the kernel lets a run map at all: the budget, the binary, stacks and thread arenas.
DATA_BYTES_MAX = (MEMORY_MB * 110 // 100 + 32 + 128) << 20
EXIT_CODES = {0, 2, 3, 4, 5}
SUFFIXES = {".parquet", ".csv", ".npy", ".npz", ".arrow", ".arrow_file", ".stream", ".arrows"}


def seeds(folders):
    """Small files of every format below the folders."""
    found = []
    for folder in folders:
        for path in sorted(Path(folder).rglob("*")):
            known = path.suffix in SUFFIXES or "clusterfuzz" in path.name
            if path.is_file() and known and 0 < path.stat().st_size <= SIZE_BYTES_MAX:
                found.append(path)
    return found


def mutate(data, generator):
    """A few random edits: bits, bytes, interesting integers, cuts, repeats."""
    data = bytearray(data)
    for _ in range(generator.choice([1, 1, 2, 4, 16])):
        if not data:
            break
        at = generator.choice([generator.randrange(len(data)), max(0, len(data) - 1 - generator.randrange(64))])
        match generator.randrange(7):
            case 0:
                data[at] ^= 1 << generator.randrange(8)
            case 1:
                data[at] = generator.randrange(256)
            case 2:
                width = generator.choice([1, 2, 4, 8])
                value = generator.choice([0, 1, -1, 2 ** (8 * width - 1) - 1, -(2 ** (8 * width - 1))])
                data[at : at + width] = value.to_bytes(width, "little", signed=True)
            case 3:
                del data[at : at + generator.choice([1, 4, 8, 64, 1000])]
            case 4:
                data = data[: generator.randrange(len(data) + 1)]
            case 5:
                data[at:at] = data[at : at + generator.choice([1, 8, 100])]
            case 6:
                data[at : at + 8] = generator.randbytes(8)
    return bytes(data)


def limit_memory():
    resource.setrlimit(resource.RLIMIT_DATA, (DATA_BYTES_MAX, DATA_BYTES_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def attempt(program, path):
    """(complaint or None, exit code, seconds) of describing one mutant."""
    command = [str(program), "describe", str(path), "--format", "json", "--memory", f"{MEMORY_MB}MiB"]
    begin = time.monotonic()
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=SECONDS_MAX, preexec_fn=limit_memory, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        return "hang", None, SECONDS_MAX
    seconds = time.monotonic() - begin
    error = done.stderr.decode("utf-8", "replace")
    complaint = None
    if done.returncode not in EXIT_CODES:
        complaint = f"exit code {done.returncode}: {error[:300]}"
    elif done.returncode != 0 and (error.strip().count("\n") or path.name not in error):
        complaint = f"not one line naming the file: {error[:300]}"
    elif "panicked" in error:
        complaint = f"panic: {error[:300]}"
    return complaint, done.returncode, seconds


def run(program, files, count, seed, keep, workers=2):
    """Runs `count` mutants; returns (complaints, counter of exit codes, slowest seconds)."""
    keep.mkdir(parents=True, exist_ok=True)

    def one(index):
        generator = random.Random(seed * 1_000_003 + index)
        origin = files[generator.randrange(len(files))]
        path = keep / f"{index}-{origin.name}"
        path.write_bytes(mutate(origin.read_bytes(), generator))
        complaint, code, seconds = attempt(program, path)
        if complaint is None:
            path.unlink()
        return (f"{path} (from {origin}): {complaint}" if complaint else None), code, seconds

    complaints, codes, slowest = [], collections.Counter(), 0.0
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        for complaint, code, seconds in pool.map(one, range(count)):
            codes[code] += 1
            slowest = max(slowest, seconds)
            if complaint:
                complaints.append(complaint)
    return complaints, codes, slowest


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--program", default=str(ROOT / "target" / "release" / "arrcalc"))
    parser.add_argument("--corpora", default=os.environ.get("ARRCALC_CORPORA", ""))
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "arrcalc-mutants")
    options = parser.parse_args()
    folders = [ROOT / "datasets" / "samples"] + ([options.corpora] if options.corpora else [])
    files = seeds(folders)
    begin = time.monotonic()
    complaints, codes, slowest = run(options.program, files, options.count, options.seed, options.keep)
    print(f"{options.count} mutants of {len(files)} files, seed {options.seed}: {len(complaints)} broken promises")
    print(f"exit codes {dict(codes)}, slowest {slowest:.2f} s, {time.monotonic() - begin:.0f} s in all")
    for complaint in complaints:
        print(complaint)
    raise SystemExit(1 if complaints else 0)


if __name__ == "__main__":
    main()
