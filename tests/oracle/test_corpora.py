"""Files nobody here wrote: verdicts of classes.json, values of oracle.jsonl, and never a crash.

`classes.json` names what each file must do; `oracle.jsonl` holds what other readers computed from it. Every run is
under `--memory 512MiB`, a time limit of 10 s and a limit by the kernel on what the process may allocate.
"""

import json
import math
import os
import subprocess

import numpy as np
import pytest
from mutations import MEMORY_MB, limit_memory

MEMORY = f"{MEMORY_MB}MiB"
TYPES = {"double": "float64", "float": "float32", "halffloat": "float16"}


def start(program, path, *options):
    """Runs `describe` under the limits; returns (exit code, stdout, stderr)."""
    command = [str(program), "describe", str(path), "--format", "json", "--memory", MEMORY, *options]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=limit_memory
    )
    try:
        out, err = process.communicate(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        pytest.fail(f"{path}: still running after 10 s")
    return process.returncode, out.decode(), err.decode()


def assert_refused(path, code, out, err, codes):
    assert code in codes, f"{path}: exit code {code}, {err!r}"
    assert out == "", f"{path}: a refused file printed {out[:80]!r}"
    document = json.loads(err) if err.startswith("{") else None
    line = err if document is None else json.dumps(document)
    assert line.strip().count("\n") == 0, f"{path}: more than one line: {err!r}"
    assert path.name in line, f"{path}: the error does not name the file: {err!r}"


def number(text):
    return float.fromhex(text) if "0x" in text else float(text)


def assert_like_oracle(path, found, wanted):
    """Numeric columns agree with the other reader: nulls, NaNs, extrema, exact sum."""
    kind = found["type"]
    where = f"{path.name} {wanted['name']} ({kind})"
    assert found["nulls"] == wanted["nulls"], f"{where}: nulls {found['nulls']}, oracle {wanted['nulls']}"
    if "fsum" in wanted:
        assert kind == TYPES[wanted["type"]], where
        assert found["nans"] == wanted["nan"], where
        total = number(wanted["fsum"])
        if kind != "float64":
            total = float(np.float32(total))
        assert float(np.float32(found["sum"])) == total if kind != "float64" else found["sum"] == total, where
        for name in ("min", "max"):
            if wanted[name] is None:
                assert found[name] is None, where
            else:
                have = found[name]
                have = float(np.float32(have)) if kind != "float64" else have
                assert have == number(wanted[name]), f"{where}: {name} {have}, oracle {wanted[name]}"
    elif "sum" in wanted:
        assert kind == wanted["type"], where
        for name in ("sum", "min", "max"):
            want = None if wanted[name] is None else int(wanted[name])
            assert found[name] == want, f"{where}: {name} {found[name]}, oracle {want}"


@pytest.fixture(scope="module")
def verdicts(corpora):
    return json.loads((corpora / "classes.json").read_text())


@pytest.fixture(scope="module")
def oracle(corpora):
    lines = [json.loads(line) for line in (corpora / "oracle.jsonl").read_text().splitlines()]
    return {line["file"]: line for line in lines if line["outcome"] == "ok" and "columns" in line}


def test_every_file_gets_its_verdict_and_its_values(corpora, program, verdicts, oracle):
    compared = refused = 0
    for name, verdict in verdicts.items():
        path = corpora / name
        code, out, err = start(program, path)
        wanted = oracle.get(name)
        match verdict["class"]:
            case "must_refuse" | "refuse_if_crc":
                assert_refused(path, code, out, err, {3, 4})
                refused += 1
            case "budget":
                assert_refused(path, code, out, err, {4, 5})
                refused += 1
            case "either":
                if code != 0:
                    assert_refused(path, code, out, err, {3, 4, 5})
            case "must_read":
                if code != 0:
                    assert_refused(path, code, out, err, {4})
                    assert "nsupported" in err or "not supported" in err, f"{path}: must be read: {err!r}"
                    continue
                document = json.loads(out)
                if wanted is None or len(document["columns"]) != len(wanted["columns"]):
                    continue
                assert document["rows"] == wanted["rows"], path
                for found, column in zip(document["columns"], wanted["columns"], strict=True):
                    if "sum" in column or "fsum" in column:
                        assert_like_oracle(path, found, column)
                        compared += 1
    print(f"{compared} columns compared, {refused} files refused")
    assert compared > 300 and refused > 80, f"too little was checked: {compared} columns, {refused} refused"


def test_fsum_vectors_are_exact(corpora, tmp_path, describe):
    cases = json.loads((corpora / "cpython" / "fsum_vectors.json").read_text())["cases"]
    assert len(cases) >= 14
    for index, case in enumerate(cases):
        values = [float.fromhex(text) for text in case["values_hex"]]
        np.save(tmp_path / f"v{index}.npy", np.array(values, dtype=np.float64))
        found, _ = describe(tmp_path / f"v{index}.npy")
        total = found[f"v{index}"]["sum"]
        assert total == float.fromhex(case["expected_hex"]), f"vector {index}: {total!r}"
        assert not math.isnan(total)


@pytest.mark.parametrize("level", ["baseline", "avx2", "avx512"])
def test_numpy_philox_is_reproduced(corpora, tmp_path, run, level):
    folder = corpora / "random" / "numpy" / "tests" / "data"
    files = sorted(folder.glob("philox-testset-*.csv"))
    assert files, f"no Philox vectors in {os.listdir(folder)}"
    for file in files:
        seed, *words = [line.split(",")[1].strip() for line in file.read_text().splitlines()]
        out = tmp_path / f"{file.stem}.npy"
        # A level that this machine lacks is a usage error, which the test of levels covers.
        done = run("generate", "w=raw()", "-n", len(words), "--seed", int(seed, 16), "-o", out, "--level", level)
        if done.returncode == 2 and "level" in done.stderr:
            pytest.skip(f"no {level} here")
        assert done.returncode == 0, done.stderr
        assert np.load(out).tolist() == [int(word, 16) for word in words], file
