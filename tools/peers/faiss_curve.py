"""How do recall, time, memory and build time of FAISS's kinds grow with the corpus, here and in the wheel?

Flat, HNSW32, IVF with plain vectors and IVF with product quantization over 10,000, 100,000 and
1,000,000 vectors of 384 dimensions, in Kotae and in the faiss-cpu wheel, with the same parameters and
threads: for each effort (efSearch, nprobe) the recall of the ten nearest, the time of a query, and by
how much a new process grows that opens the wheel's file and searches it. Pages of mapped files, which
the system takes back when it needs them, are left out there (RssAnon, proc(5)).

    python3 tools/peers/faiss_curve.py SENTENCES --results curve.jsonl [--sizes N …] [--kinds KIND …]
    python3 tools/peers/faiss_curve.py --results curve.jsonl --figure tools/peers/figures/recall.svg

SENTENCES: a file of distinct sentences, one a line. The last 500 are the queries. Where they do not
suffice for a size, the rest are unit vectors halfway between two sentences taken at random. Results
are appended one by one; what is there is not measured again. Without SENTENCES the results are
printed and drawn.
"""

import argparse
import json
import multiprocessing
import tempfile
import time
from pathlib import Path

import faiss
import numpy as np

import kotae

THREADS, QUERIES, DIMENSIONS, K = 2, 500, 384, 10
LISTS = {10_000: 256, 100_000: 1024, 1_000_000: 2048}
HNSW, PROBES = [16, 32, 64, 96, 192, 384], [1, 2, 4, 8, 16, 32, 64, 128]
KINDS = {"Flat": ("Flat", [0]), "HNSW32": ("HNSW32", HNSW), "IVF,Flat": ("IVF{lists},Flat", PROBES),
         "IVF,PQ48": ("IVF{lists},PQ48", PROBES)}


def sentence_vectors(folder: Path, file: Path) -> np.ndarray:
    """Of all distinct sentences; kept beside the results, because they take a while."""
    kept = folder / "sentences.npy"
    if not kept.exists():
        sentences = list(dict.fromkeys(file.read_text().splitlines()))
        kotae.write_jsonl(folder / "sentences.jsonl", sentences)
        kotae.run("embed", "--input", folder / "sentences.jsonl", "--field", "text", "--model",
                  kotae.model_folder(), "--format", "npy", "--output", kept)
    return np.load(kept)


def enlarged(sentences: np.ndarray, size: int) -> np.ndarray:
    """The first `size` sentences, and halfway vectors where there are fewer."""
    missing = size - len(sentences)
    if missing <= 0:
        return sentences[:size]
    random = np.random.default_rng(1)
    halfway = sentences[random.integers(len(sentences), size=missing)]
    halfway += sentences[random.integers(len(sentences), size=missing)]
    halfway /= np.linalg.norm(halfway, axis=1, keepdims=True)
    return np.concatenate([sentences, halfway])


def ours(folder: Path, vectors: np.ndarray, queries: np.ndarray, factory: str, efforts: list[int]) -> list[dict]:
    vectors.tofile(folder / "vectors.f32")
    common = ["--queries", folder / "queries.f32", "--dimensions", DIMENSIONS, "--threads", THREADS, "--limit", K,
              "--effort", *efforts]
    rows = kotae.read_jsonl(kotae.run("bench", "index", "--vectors", folder / "vectors.f32", "--kind", factory,
                                      *common))
    (folder / "vectors.f32").unlink()
    opened = kotae.read_jsonl(kotae.run("bench", "index", "--file", folder / "wheel.faiss", *common))
    return [row | {"memory": other["memory"]} for row, other in zip(rows, opened)]


def own_memory() -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.split("RssAnon:")[1].split()[0]) * 1024


def searched(index: faiss.Index, queries: np.ndarray, effort: int) -> tuple[float, float, np.ndarray]:
    """Milliseconds of one query, of all of them, and the rows found."""
    if hasattr(index, "hnsw"):
        index.hnsw.efSearch = effort
    elif hasattr(index, "nprobe"):
        index.nprobe = effort
    times = []
    for row in list(range(200)) * 3:
        start = time.perf_counter()
        index.search(queries[row:row + 1], K)
        times.append((time.perf_counter() - start) * 1000)
    batches = []
    for _ in range(7):
        start = time.perf_counter()
        found = index.search(queries, K)[1]
        batches.append((time.perf_counter() - start) * 1000)
    return float(np.median(times)), min(batches), found


def search_file(folder: Path, efforts: list[int]) -> list[dict]:
    """In a process of its own, which has held nothing else before."""
    faiss.omp_set_num_threads(THREADS)
    queries = np.fromfile(folder / "queries.f32", dtype=np.float32).reshape(-1, DIMENSIONS)
    before = own_memory()
    index = faiss.read_index(str(folder / "wheel.faiss"))
    rows = []
    for effort in efforts:
        single, batch, found = searched(index, queries, effort)
        rows.append({"effort": effort, "single": single, "batch": batch, "memory": own_memory() - before,
                     "found": found})
    return rows


def theirs(folder: Path, vectors: np.ndarray, queries: np.ndarray, factory: str, efforts: list[int]) -> list[dict]:
    faiss.omp_set_num_threads(THREADS)
    index = faiss.index_factory(DIMENSIONS, factory, faiss.METRIC_INNER_PRODUCT)
    start = time.perf_counter()
    index.train(vectors)
    index.add(vectors)
    build = (time.perf_counter() - start) * 1000
    faiss.write_index(index, str(folder / "wheel.faiss"))
    del index
    exact = faiss.IndexFlatIP(DIMENSIONS)
    exact.add(vectors)
    truth = exact.search(queries, K)[1]
    del exact
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        rows = pool.apply(search_file, (folder, efforts))
    for row in rows:
        found = row.pop("found")
        row["recall"] = float(np.mean([len(set(a) & set(b)) / K for a, b in zip(found, truth)]))
        row |= {"build": build, "bytes": (folder / "wheel.faiss").stat().st_size}
    return rows


def measure(results: Path, sentences: Path, sizes: list[int], kinds: list[str]) -> None:
    done = {(row["kind"], row["size"]) for row in read(results)}
    folder = results.with_suffix("")
    folder.mkdir(exist_ok=True)
    known = sentence_vectors(folder, sentences)
    queries = known[-QUERIES:]
    for size in sizes:
        vectors = enlarged(known[:-QUERIES], size)
        for kind in kinds:
            factory, efforts = KINDS[kind]
            factory = factory.format(lists=LISTS[size])
            if (kind, size) in done:
                continue
            with tempfile.TemporaryDirectory(dir=folder) as name:
                place = Path(name)
                queries.tofile(place / "queries.f32")
                found = []
                for engine, run in [("faiss-cpu", theirs), ("kotae", ours)]:
                    rows = run(place, vectors, queries, factory, efforts)
                    found += [row | {"engine": engine, "kind": kind, "size": size, "factory": factory} for row in rows]
                    print(f"{engine}, {factory}, {size:,}: build {rows[0]['build'] / 1000:.1f} s", flush=True)
            with results.open("a") as file:
                file.writelines(json.dumps(row) + "\n" for row in found)


def read(results: Path) -> list[dict]:
    return [json.loads(line) for line in results.read_text().splitlines()] if results.exists() else []


def table(rows: list[dict]) -> None:
    """A line a kind and size: build, file, and memory, recall and time of a query at one effort for each kind."""
    print("| vectors | kind | build, s | file, MB | memory, MB | efSearch or nprobe | recall | ms a query |")
    print("|---:|---|---:|---:|---:|---:|---:|---:|")
    for size in sorted({row["size"] for row in rows}):
        for kind, (_, efforts) in KINDS.items():
            # Kotae's defaults: 96, and an eighth of the lists, here up to 128.
            shown = 0 if kind == "Flat" else 96 if kind == "HNSW32" else min(LISTS[size] // 8, efforts[-1])
            both = [row for engine in ("kotae", "faiss-cpu") for row in rows
                    if (row["engine"], row["kind"], row["size"], row["effort"]) == (engine, kind, size, shown)]
            if len(both) < 2:
                continue

            def cell(form) -> str:
                return " and ".join(map(form, both))

            print(f"| {size:,} | {both[0]['factory']} | {cell(lambda row: format(row['build'] / 1000, '.1f'))} "
                  f"| {both[0]['bytes'] / 1e6:,.0f} | {cell(lambda row: format(row['memory'] / 1e6, ',.1f'))} "
                  f"| {shown or '–'} "
                  f"| {cell(lambda row: format(row['recall'], '.3f'))} "
                  f"| {cell(lambda row: format(row['single'], '.2f'))} |")


def draw(rows: list[dict], target: Path) -> None:
    import matplotlib
    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "kotae", "font.family": "sans-serif"})
    sizes = sorted({row["size"] for row in rows})
    figure, panels = plt.subplots(1, len(sizes), figsize=(4.2 * len(sizes), 3.8), sharey=True, squeeze=False)
    for size, panel in zip(sizes, panels[0]):
        for color, marker, kind in zip(["#000000", "#0072b2", "#d55e00", "#009e73"], "sovD", KINDS):
            for engine, line, fill in [("kotae", "-", "full"), ("faiss-cpu", "--", "none")]:
                efforts = sorted((row["effort"], row["single"], row["recall"]) for row in rows
                                 if (row["engine"], row["kind"], row["size"]) == (engine, kind, size))
                if efforts:
                    panel.plot(*list(zip(*efforts))[1:], line, color=color, marker=marker, fillstyle=fill, markersize=5,
                               linewidth=1.2, label=f"{kind}, {engine}")
        panel.set_xscale("log")
        panel.set_title(f"{size:,} vectors")
        panel.set_xlabel("ms a query")
        panel.grid(True, which="major", color="#dddddd", linewidth=0.6)
    panels[0][0].set_ylabel("recall of the 10 nearest")
    panels[0][0].set_ylim(0.4, 1.02)
    handles, labels = panels[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="lower center", ncols=4, frameon=False)
    figure.tight_layout(rect=(0, 0.14, 1, 1))
    target.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(target, facecolor="white", metadata={"Date": None, "Creator": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sentences", type=Path, nargs="?")
    parser.add_argument("--results", type=Path, required=True)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(LISTS), choices=list(LISTS))
    parser.add_argument("--kinds", nargs="+", default=list(KINDS), choices=list(KINDS))
    parser.add_argument("--figure", type=Path)
    options = parser.parse_args()
    print(kotae.versions("kotae", "faiss-cpu", "numpy"))
    if options.sentences:
        measure(options.results, options.sentences, options.sizes, options.kinds)
    rows = read(options.results)
    table(rows)
    if options.figure:
        draw(rows, options.figure)


if __name__ == "__main__":
    main()
