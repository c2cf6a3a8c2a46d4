"""Are stored vectors looked up about as fast as by plain C over LMDB?

Makes an index of 100,000 random unit vectors of 384 dimensions, and runs `kotae bench store` and
store.c over it in turns: every vector by its key with all numbers summed, and the vector of every
document by its id, copied. Kotae checks the checksum of each record that it reads, the C program
checks nothing. Prints look-ups a second and the ratio of the medians of the rounds.

    python3 tools/peers/store.py

Exits with 1 when a ratio is below 0.7. Needs: pip install numpy, a C compiler and liblmdb-dev. About
1 GB of temporary files. KOTAE and KOTAE_MODELS: see kotae.py.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import kotae

ROWS, DIMENSIONS, ROUNDS, BOUND = 100_000, 384, 5, 0.7
LOOKUPS = {"by_key_per_second": "by vector key, summed", "by_id_per_second": "by document id, copied"}


def header(folder: Path) -> dict:
    """That of an index by the default model."""
    kotae.write_jsonl(folder / "one.jsonl", ["one question"])
    kotae.run("index", "build", folder / "one", "--corpus", folder / "one.jsonl", "--model", kotae.model_folder(),
              "--quiet")
    return kotae.read_jsonl(kotae.run("index", "export", folder / "one", "--vectors"))[0]


def build(folder: Path) -> Path:
    """An index whose vectors are random; its texts only have to differ."""
    random = np.random.default_rng(1)
    with (folder / "export.jsonl").open("w") as file:
        file.write(json.dumps(header(folder)) + "\n")
        for row in range(ROWS):
            vector = random.standard_normal(DIMENSIONS, dtype=np.float32)
            vector /= np.linalg.norm(vector)
            file.write(json.dumps({"id": f"faq-{row}", "question": f"question {row}", "alternates": [], "answer": None,
                                   "fields": {}, "vectors": [vector.tolist()]}) + "\n")
    kotae.run("index", "import", folder / "index", folder / "export.jsonl", "--model", kotae.model_folder(), "--quiet")
    return folder / "index"


def compile_peer(folder: Path) -> Path:
    program = folder / "store"
    subprocess.run(["cc", "-O2", "-o", program, Path(__file__).with_name("store.c"), "-llmdb"], check=True)
    return program


def main() -> int:
    print(kotae.versions("kotae"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        index, program = build(folder), compile_peer(folder)
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ours.append(json.loads(kotae.run("bench", "store", index, "--json", "--repeat", 3)))
            theirs.append(json.loads(subprocess.run([program, index, "3"], check=True, stdout=subprocess.PIPE).stdout))
    for found, expected in zip(ours, theirs):
        if abs(found["sum"] - expected["sum"]) > 1e-3 or found["vectors"] != expected["vectors"]:
            sys.exit(f"both should have read the same: {found} and {expected}")
    missed = 0
    for key, what in LOOKUPS.items():
        rate, other = (statistics.median(run[key] for run in runs) for runs in (ours, theirs))
        good = rate >= BOUND * other
        missed += not good
        print(f"{what}: {rate:,.0f}/s, in C {other:,.0f}/s, ratio {rate / other:.2f} (bound {BOUND}): "
              f"{'good' if good else 'MISSED'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
