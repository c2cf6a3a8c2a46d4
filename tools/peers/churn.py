"""Does an HNSW index wear out when documents are removed and added again?

Builds an HNSW32 index of 20,000 distinct sentences. Ten times it removes half of them, chosen at
random, and adds them again in random order; every third time the index is compacted in between, so
that they come back as new vectors, which are folded into the graph. Prints recall@10 against exact
search after each round, and that of a fresh build.

    python3 tools/peers/churn.py SENTENCES

SENTENCES: a file with at least 20,500 distinct sentences, one a line; the last 500 are the queries.
Exits with 1 when the recall is more than 0.01 below the fresh build's. Needs nothing but Python. KOTAE
and KOTAE_MODELS: see kotae.py.
"""

import json
import random
import shutil
import sys
import tempfile
from pathlib import Path

import kotae

DOCUMENTS, QUERIES, ROUNDS, K, BOUND = 20_000, 500, 10, 10, 0.01


def write_documents(path: Path, sentences: list[str], numbers: list[int]) -> Path:
    with path.open("w") as file:
        for number in numbers:
            file.write(json.dumps({"id": str(number), "question": sentences[number]}) + "\n")
    return path


def found(index: Path, queries: Path) -> list[set[str]]:
    answers = kotae.read_jsonl(kotae.run("search", index, "--query-file", queries, "-k", K, "--json"))
    return [{hit["id"] for hit in answer["hits"]} for answer in answers]


def recall(index: Path, queries: Path, truth: list[set[str]]) -> float:
    return sum(len(a & b) / K for a, b in zip(found(index, queries), truth)) / len(truth)


def main() -> int:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sentences = list(dict.fromkeys(Path(sys.argv[1]).read_text().splitlines()))[:DOCUMENTS + QUERIES]
    if len(sentences) < DOCUMENTS + QUERIES:
        sys.exit(f"{sys.argv[1]}: {len(sentences)} distinct sentences, of which {DOCUMENTS + QUERIES} are needed")
    rng = random.Random(1)
    print(kotae.versions("kotae"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        queries = folder / "queries.txt"
        queries.write_text("".join(text + "\n" for text in sentences[DOCUMENTS:]))
        corpus = write_documents(folder / "corpus.jsonl", sentences, list(range(DOCUMENTS)))
        index, exact = folder / "index", folder / "exact"
        kotae.run("index", "build", index, "--corpus", corpus, "--factory", "HNSW32", "--model", kotae.model_folder(),
                  "--quiet")
        shutil.copytree(index, exact)
        kotae.run("index", "compact", exact, "--factory", "Flat", "--quiet")
        truth = found(exact, queries)
        fresh = recall(index, queries, truth)
        print(f"fresh: recall@{K} {fresh:.4f}", flush=True)
        for turn in range(ROUNDS):
            half = rng.sample(range(DOCUMENTS), DOCUMENTS // 2)
            ids = folder / "ids.txt"
            ids.write_text("".join(f"{number}\n" for number in half))
            kotae.run("index", "remove", index, "--ids", ids, "--quiet")
            compacts = turn % 3 == 2
            if compacts:
                kotae.run("index", "compact", index, "--quiet")
            rng.shuffle(half)
            kotae.run("index", "add", index, "--corpus", write_documents(folder / "half.jsonl", sentences, half),
                      "--quiet")
            now = recall(index, queries, truth)
            print(f"round {turn + 1}{', compacted in between' if compacts else ''}: recall@{K} {now:.4f}", flush=True)
        print(kotae.run("index", "verify", index).decode().strip())
        good = now >= fresh - BOUND
        print(f"{fresh - now:+.4f} below the fresh build's (bound {BOUND}): {'good' if good else 'MISSED'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
