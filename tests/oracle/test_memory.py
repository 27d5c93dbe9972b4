"""Describing a file larger than the budget keeps anonymous memory small: mapped clean pages do not count."""

import os
import subprocess
import time

GIB = int(os.environ.get("ARRCALC_SPARSE_GIB", "2"))
ANONYMOUS_MIB_MAX = 256


def anonymous_kib(pid):
    """RssAnon of a running process, or 0 when it is gone."""
    try:
        with open(f"/proc/{pid}/status") as status:
            for line in status:
                if line.startswith("RssAnon:"):
                    return int(line.split()[1])
    except (FileNotFoundError, ProcessLookupError):
        pass
    return 0


def test_a_large_raw_file_is_described_in_little_memory(program, tmp_path):
    path = tmp_path / "zeros.f64"
    with open(path, "wb") as file:
        file.truncate(GIB << 30)
    command = [str(program), "describe", str(path), "--input-format", "raw", "--dtype", "float64", "--format", "json"]
    begin = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    peak_kib = samples = 0
    while process.poll() is None:
        peak_kib = max(peak_kib, anonymous_kib(process.pid))
        samples += 1
        time.sleep(0.005)
    out, err = process.communicate()
    print(f"{GIB} GiB: {time.monotonic() - begin:.1f} s, {peak_kib / 1024:.0f} MiB anonymous, {samples} looks")
    assert process.returncode == 0, err
    assert f'"count":{GIB << 27}' in out.decode().replace(" ", "")
    assert samples > 3, "the run was too short to be watched"
    assert peak_kib < ANONYMOUS_MIB_MAX * 1024
