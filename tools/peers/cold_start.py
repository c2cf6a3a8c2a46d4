"""How long does one search take as a whole process, from its start to the answer?

Builds an index over questions made from a seed and runs `kotae search` for one query again and again, each
time as a process of its own with the files in the page cache: the command, model and index loaded, the
query embedded, the index searched, the answers printed. Beside it the same in Python, a process that
imports sentence-transformers and faiss-cpu, loads the model and the same FAISS file, embeds, searches and
prints. Also prints what the parts take that a search has in common with other
commands: the start of the process, the tokenizer, a search by words.

    python3 tools/peers/cold_start.py [--documents 10000 100000 1000000] [--bound 40]

Exits with 1 when a search of the first number of documents takes longer than the bound of 40 ms in the median
or more than a hundredth of Python's time. Needs: pip install sentence-transformers faiss-cpu. KOTAE and
KOTAE_MODELS: see kotae.py. Building takes about one second per thousand documents.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import kotae
import texts

RUNS, PEER_RUNS, LIMIT = 41, 5, 10
RATIO_BOUND = 0.01

# Its arguments: the model's folder, the FAISS index, its documents, the query, how many to print.
PEER = """
import json, sys
import faiss
from sentence_transformers import SentenceTransformer
model, index, documents, query, limit = sys.argv[1:]
model = SentenceTransformer(model, device="cpu", local_files_only=True)
index = faiss.read_index(index)
vector = model.encode([query], normalize_embeddings=True)
scores, rows = index.search(vector, int(limit))
wanted = set(rows[0].tolist())
with open(documents, encoding="utf-8") as file:
    found = {row: json.loads(line) for row, line in enumerate(file) if row in wanted}
print(json.dumps({"query": query, "hits": [
    {"score": float(score), **found[int(row)]} for score, row in zip(scores[0], rows[0])]}))
"""


def distinct_questions(count: int) -> list[str]:
    """Questions of the seed, each made its own by a number where the words repeat."""
    found: dict[str, None] = {}
    for number, question in enumerate(texts.faq_questions(count)):
        found.setdefault(question if question not in found else f"{question} ({number})")
    return list(found)


def build(folder: Path, count: int) -> tuple[Path, Path]:
    """An index of Kotae, and its documents."""
    documents, index = folder / "documents.jsonl", folder / "index"
    with documents.open("w", encoding="utf-8") as file:
        for number, question in enumerate(distinct_questions(count)):
            file.write(json.dumps({"id": f"faq-{number}", "question": question,
                                   "answer": f"The answer to: {question}"}) + "\n")
    kotae.run("index", "build", index, "--corpus", documents, "--model", kotae.model_folder(), "--quiet")
    return index, documents


def milliseconds(command: list[object], runs: int) -> tuple[float, list[float], bytes]:
    """The median of some runs, all of them, and what the last one printed. The first is not counted: it
    brings files into the page cache and compiles what is kept there."""
    times, printed = [], b""
    for _ in range(runs + 1):
        start = time.perf_counter()
        printed = subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE).stdout
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times[1:]), sorted(times[1:]), printed


def show(what: str, median: float, times: list[float]) -> None:
    low, high = times[len(times) // 4], times[3 * len(times) // 4]
    print(f"  {what:<38} {median:9.1f} ms   half of the runs from {low:.1f} to {high:.1f}")


def compare(folder: Path, count: int) -> tuple[float, float]:
    index, documents = build(folder, count)
    # FAISS's own package reads it too. Its rows are the documents, in their order, as no question comes twice.
    vectors = index / "vectors.faiss"
    search = [kotae.COMMAND, "search", index, texts.SINGLE_QUERY, "--json", "-k", LIMIT]
    peer = [sys.executable, "-c", PEER, kotae.model_folder(), vectors, documents, texts.SINGLE_QUERY, LIMIT]
    os.environ.update(TOKENIZERS_PARALLELISM="false", TQDM_DISABLE="1")
    print(f"{count:,} documents, {RUNS} runs of Kotae and {PEER_RUNS} of Python")
    ours, times, answer = milliseconds(search, RUNS)
    show("kotae search", ours, times)
    for what, command in {
        "kotae search --lexical": [*search, "--lexical"],
        "kotae tokenize": [kotae.COMMAND, "tokenize", texts.SINGLE_QUERY, "--model", kotae.model_folder()],
        "kotae --version": [kotae.COMMAND, "--version"],
    }.items():
        show(what, *milliseconds(command, RUNS)[:2])
    theirs, times, other = milliseconds(peer, PEER_RUNS)
    show("sentence-transformers and faiss-cpu", theirs, times)
    scores, expected = ([hit["score"] for hit in json.loads(printed)["hits"]] for printed in (answer, other))
    if count <= 200_000 and any(abs(a - b) > 1e-4 for a, b in zip(scores, expected, strict=True)):
        sys.exit(f"both should have found the same: {scores} and {expected}")
    print(f"  ratio 1/{theirs / ours:.0f}")
    return ours, theirs


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--documents", type=int, nargs="+", default=[10_000], metavar="N")
    parser.add_argument("--bound", type=float, default=40, help="milliseconds (default 40)")
    arguments = parser.parse_args()
    print(kotae.versions("kotae", "sentence-transformers", "torch", "faiss-cpu"))
    results = []
    for count in arguments.documents:
        with tempfile.TemporaryDirectory() as name:
            results.append(compare(Path(name), count))
    ours, theirs = results[0]
    missed = 0
    for what, value, bound in [("milliseconds", ours, arguments.bound), ("share of Python's time", ours / theirs, RATIO_BOUND)]:
        missed += value > bound
        print(f"{what}: {value:.4g} (bound {bound:g}): {'MISSED' if value > bound else 'good'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
