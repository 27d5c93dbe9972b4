"""A small count of random mutants in every test run; mutations.py runs as many as one wants."""

import os

import mutations
import numpy as np
import pyarrow.parquet as pq
import pyarrow.ipc as ipc

COUNT = int(os.environ.get("ARRCALC_MUTANTS", "1500"))


def test_mutants_are_refused_or_read_but_never_crash(program, samples, tmp_path):
    small = tmp_path / "seeds"
    small.mkdir()
    table = pq.read_table(samples / "flights.parquet").slice(0, 300)
    pq.write_table(table, small / "flights.parquet", compression="zstd", row_group_size=100)
    with ipc.new_file(str(small / "flights.arrow"), table.schema) as writer:
        writer.write_table(table, max_chunksize=100)
    with ipc.new_stream(str(small / "flights.arrows"), table.schema) as writer:
        writer.write_table(table, max_chunksize=100)
    np.save(small / "x.npy", np.arange(100.0))
    np.savez(small / "stored.npz", x=np.arange(100.0), k=np.arange(100))
    np.savez_compressed(small / "deflated.npz", x=np.arange(100.0), k=np.arange(100))
    (small / "penguins.csv").write_bytes((samples / "penguins.csv").read_bytes())
    folders = [small]
    if os.environ.get("ARRCALC_CORPORA"):
        folders.append(mutations.ROOT / os.environ["ARRCALC_CORPORA"])
    else:
        print("ARRCALC_CORPORA is not set: only our own small files are mutated")
    files = mutations.seeds(folders)
    assert len(files) >= 7
    complaints, codes, _ = mutations.run(program, files, COUNT, 20261122, tmp_path / "mutants")
    assert not complaints, "\n".join(complaints)
    assert codes[0] and codes[4], f"mutants must be both read and refused: {codes}"
