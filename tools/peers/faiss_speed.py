"""Is Kotae's vector index as fast and as good as FAISS's own package?

Builds and searches the same vectors with both, with the same parameters and threads, one after the
other, and prints times in milliseconds and their ratios: exact search of 100,000 random unit vectors
of 384 dimensions, and an HNSW32 graph over 20,000 sentences, whose recall of the ten nearest is
compared too.

    python3 tools/peers/faiss_speed.py SENTENCES

SENTENCES: a file with at least 20,500 distinct sentences, one a line; the last 500 are the queries.
Exits with 1 when a bound is missed. Needs: pip install faiss-cpu==1.15.1 numpy. KOTAE and
KOTAE_MODELS: see kotae.py.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

import faiss
import numpy as np

import kotae

THREADS, ROWS, SENTENCES, QUERIES, DIMENSIONS, K = 2, 100_000, 20_000, 500, 384, 10
# What is measured: the largest accepted ratio of Kotae's time to the package's.
FLAT_BOUNDS = {"batch": 1.0, "single": 1.0}
GRAPH_BOUNDS = {"build": 2.0, "batch": 1.4, "single": 1.4}
RECALL_BOUND = 0.01


def milliseconds(body, rounds: int = 1) -> float:
    """The least time of some rounds."""
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        body()
        best = min(best, (time.perf_counter() - start) * 1000)
    return best


def theirs(vectors: np.ndarray, queries: np.ndarray, kind: str, effort: int) -> tuple[dict, np.ndarray]:
    index = faiss.index_factory(vectors.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
    times = {"build": milliseconds(lambda: index.add(vectors))}
    if kind.startswith("HNSW"):
        index.hnsw.efSearch = effort
    times["batch"] = milliseconds(lambda: index.search(queries, K), rounds=7)
    single = [milliseconds(lambda: index.search(queries[row:row + 1], K))
              for row in list(range(200)) * 3]
    times["single"] = float(np.median(single))
    return times, index.search(queries, K)[1]


def ours(folder: Path, vectors: np.ndarray, queries: np.ndarray, kind: str, effort: int) -> tuple[dict, np.ndarray]:
    vectors.tofile(folder / "vectors.f32")
    queries.tofile(folder / "queries.f32")
    printed = kotae.run("bench", "index", "--vectors", folder / "vectors.f32", "--queries", folder / "queries.f32",
                        "--dimensions", vectors.shape[1], "--kind", kind, "--threads", THREADS, "--effort", effort,
                        "--limit", K, "--output", folder / "rows.txt")
    return json.loads(printed), np.loadtxt(folder / "rows.txt", dtype=np.int64)


def recall(found: np.ndarray, truth: np.ndarray) -> float:
    return float(np.mean([len(set(a) & set(b)) / K for a, b in zip(found, truth)]))


def compare(folder: Path, vectors: np.ndarray, queries: np.ndarray, kind: str, effort: int, bounds: dict) -> int:
    exact = faiss.IndexFlatIP(vectors.shape[1])
    exact.add(vectors)
    truth = exact.search(queries, K)[1]
    their_times, their_rows = theirs(vectors, queries, kind, effort)
    our_times, our_rows = ours(folder, vectors, queries, kind, effort)
    print(f"{kind}, effort {effort}, {len(vectors)} vectors, {len(queries)} queries, {THREADS} threads")
    missed = 0
    for what, bound in bounds.items():
        ratio = our_times[what] / their_times[what]
        good = ratio <= bound
        missed += not good
        print(f"  {what}: {our_times[what]:.3f} ms, theirs {their_times[what]:.3f} ms, ratio {ratio:.2f} "
              f"(bound {bound}): {'good' if good else 'MISSED'}")
    mine, other = recall(our_rows, truth), recall(their_rows, truth)
    good = mine >= other - RECALL_BOUND
    print(f"  recall@{K}: {mine:.4f}, theirs {other:.4f}: {'good' if good else 'MISSED'}")
    return missed + (not good)


def random_units(random: np.random.Generator, count: int) -> np.ndarray:
    vectors = random.standard_normal((count, DIMENSIONS), dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def embed(folder: Path, sentences: list[str]) -> np.ndarray:
    source, target = folder / "sentences.jsonl", folder / "sentences.npy"
    kotae.write_jsonl(source, sentences)
    kotae.run("embed", "--input", source, "--field", "text", "--model", kotae.model_folder(), "--format", "npy",
              "--output", target, "--quiet")
    return np.load(target)


def main() -> int:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sentences = list(dict.fromkeys(Path(sys.argv[1]).read_text().splitlines()))[:SENTENCES + QUERIES]
    if len(sentences) < SENTENCES + QUERIES:
        sys.exit(f"{sys.argv[1]}: {len(sentences)} distinct sentences, of which {SENTENCES + QUERIES} are needed")
    faiss.omp_set_num_threads(THREADS)
    random = np.random.default_rng(1)
    print(kotae.versions("kotae", "faiss-cpu", "numpy"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        missed = compare(folder, random_units(random, ROWS), random_units(random, QUERIES), "Flat", 0, FLAT_BOUNDS)
        vectors = embed(folder, sentences)
        for effort in [16, 32, 64]:
            missed += compare(folder, vectors[:SENTENCES], vectors[SENTENCES:], "HNSW32", effort, GRAPH_BOUNDS)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
