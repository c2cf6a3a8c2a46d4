"""Is an evaluation bound by its searches, or by what is made of them?

Builds an index of 100,000 short distinct texts and puts 1,000 other questions to it, each with one
right answer: `kotae evaluate` with all its metrics, down to 1,000 documents a question, by meaning, by
words and by both; and beside it the same questions searched one by one for ten documents each
(`kotae bench search`). Prints how long each takes.

    python3 tools/peers/evaluation_speed.py [--documents 100000] [--queries 1000] [--profile]

--profile also prints in which parts of the program the evaluation spends its time, by `perf record`
(Debian's linux-perf). KOTAE and KOTAE_MODELS: see kotae.py.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import kotae
from changes import texts, write_documents

# Where a sampled function belongs, by the first part of these that its library or name has.
PARTS = [
    ("scanning the vectors", ["cfaiss", "inner_product", "libgomp", "libfaiss"]),
    ("BM25", ["Lexical", "BM25", "Posting"]),
    ("embedding the questions", ["dnnl", "jit_", "BiEncoder", "Tensors", "Tokeniz"]),
    ("looking up what was found", ["lmdb", "LMDB", "EmbeddingStore", "CRC32C", "crc32c", "accelerated"]),
    ("rankings, metrics, intervals", ["Evaluation"]),
]


def part(symbol: str) -> str:
    return next((name for name, marks in PARTS if any(mark in symbol for mark in marks)), "the rest")


def profile(command: list[str], folder: Path) -> None:
    data = folder / "perf.data"
    subprocess.run(["perf", "record", "-q", "-F", "499", "-o", data, *command], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    report = subprocess.run(["perf", "report", "-i", data, "--stdio", "--no-children", "-q", "-F",
                             "overhead,dso,symbol"], check=True, capture_output=True, text=True).stdout
    shares: dict[str, float] = {}
    rest: list[tuple[float, str]] = []
    for line in report.splitlines():
        share, _, symbol = line.strip().partition("%")
        if not symbol:
            continue
        name = part(symbol)
        shares[name] = shares.get(name, 0) + float(share)
        rest.append((float(share), f"{name}: {symbol.strip()}"))
    print("\n| part | share of the time, % |\n|---|---:|")
    for name, share in sorted(shares.items(), key=lambda item: -item[1]):
        print(f"| {name} | {share:.1f} |")
    print("\nThe largest:")
    for share, symbol in sorted(rest, reverse=True)[:25]:
        print(f"  {share:5.1f}  {symbol[:130]}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    print(kotae.versions("kotae"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        corpus = write_documents(folder / "corpus.jsonl", [
            {"id": f"faq-{number}", "question": text} for number, text in enumerate(texts(options.documents, "no"))])
        kotae.run("index", "build", folder / "index", "--corpus", corpus, "--model", kotae.model_folder(),
                  "--factory", "Flat")
        step = options.documents // options.queries
        asked = [(f"q{number}", f"{text} please", number * step) for number, text in
                 enumerate(texts(options.documents, "no")[::step][:options.queries])]
        write_documents(folder / "queries.jsonl", [{"id": id, "text": text} for id, text, _ in asked])
        (folder / "qrels").write_text("".join(f"{id} 0 faq-{row} 1\n" for id, _, row in asked))
        (folder / "queries.txt").write_text("".join(text + "\n" for _, text, _ in asked))
        command = [kotae.COMMAND, "evaluate", str(folder / "index"), "--queries", str(folder / "queries.jsonl"), "--qrels",
                   str(folder / "qrels"), "--json", "--quiet"]
        times = []
        for _ in range(3):
            start = time.perf_counter()
            found = subprocess.run(command, check=True, capture_output=True).stdout
            times.append(time.perf_counter() - start)
        found = json.loads(found)
        if found["queries"] != options.queries or found["documents"] != options.documents:
            sys.exit(f"unexpected: {found['queries']} queries, {found['documents']} documents")
        search = json.loads(kotae.run("bench", "search", folder / "index", "--queries", folder / "queries.txt", "--json"))
        single = search["both"]["median_ms"]
        print(f"\n{options.queries:,} questions, {options.documents:,} documents: evaluated in {min(times):.2f} s "
              f"({min(times) / options.queries * 1000:.2f} ms a question), of which a search for ten takes {single:.2f} ms")
        if options.profile:
            profile(command, folder)


if __name__ == "__main__":
    main()
