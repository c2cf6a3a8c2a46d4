"""How long do changes to a large index take, and what do they cost searches?

Makes an index of 200,000 short distinct texts, of the kind asked for, and then, on a copy of it:

- adds one document as a command, several times: the time from the start of the process to its
  acknowledgement, the text's embedding included;
- adds one document after the other in a running process (`kotae index add --each`), with pauses;
- adds 1,000 without a pause, while another process searches all the time for what was acknowledged
  last, and has to find it.

    python3 tools/peers/changes.py [--index FOLDER] [--factory Flat HNSW32] [--adds 1000]

FOLDER, by default a temporary one, keeps the index for the next run; copies of it, 0.8 GB each, are
made beside it. Exits with 1 when a bound is missed. Needs nothing but Python. KOTAE and KOTAE_MODELS:
see kotae.py.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import kotae
from texts import faq_questions

DOCUMENTS, COMMANDS, SINGLE = 200_000, 15, 100
# In milliseconds.
COMMAND_BOUND, SINGLE_BOUND, ALL_BOUND, SEARCH_BOUND = 150, 50, 30_000, 2.0


def texts(count: int, kind: str) -> list[str]:
    """Distinct: each has its number."""
    return [f"{question} {kind} {number}" for number, question in enumerate(faq_questions(count))]


def write_documents(path: Path, documents: list[dict]) -> Path:
    path.write_text("".join(json.dumps(document) + "\n" for document in documents))
    return path


def build(folder: Path) -> None:
    if (folder / "index.json").exists():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        corpus = write_documents(Path(name, "corpus.jsonl"), [
            {"id": f"faq-{number}", "question": text} for number, text in enumerate(texts(DOCUMENTS, "no"))])
        kotae.run("index", "build", folder, "--corpus", corpus, "--model", kotae.model_folder())


class Adder:
    """`kotae index add --each`, a document at a time."""

    def __init__(self, index: Path):
        self.process = subprocess.Popen([kotae.COMMAND, "index", "add", index, "--corpus", "-", "--each"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def add(self, document: dict) -> float:
        """Milliseconds until it is acknowledged."""
        start = time.perf_counter()
        self.process.stdin.write(json.dumps(document).encode() + b"\n")
        self.process.stdin.flush()
        acknowledgement = json.loads(self.process.stdout.readline())
        if acknowledgement["id"] != document["id"]:
            sys.exit(f"{acknowledgement} instead of {document['id']}")
        return (time.perf_counter() - start) * 1000

    def end(self) -> None:
        self.process.stdin.close()
        if self.process.wait() != 0:
            sys.exit("kotae index add failed")


class Searcher:
    """`kotae search`, a query at a time."""

    def __init__(self, index: Path):
        self.process = subprocess.Popen([kotae.COMMAND, "search", index, "--json", "-k", "10"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def search(self, text: str) -> tuple[float, list[str]]:
        """Milliseconds, and the ids found."""
        start = time.perf_counter()
        self.process.stdin.write(text.encode() + b"\n")
        self.process.stdin.flush()
        hits = json.loads(self.process.stdout.readline())["hits"]
        return (time.perf_counter() - start) * 1000, [hit["id"] for hit in hits]

    def end(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def time_command(index: Path, folder: Path, number: int) -> tuple[float, float]:
    """Milliseconds until the acknowledgement and until the end of one `kotae index add`."""
    corpus = write_documents(folder / "one.jsonl", [{"id": f"one-{number}", "question": f"Why is order {number} late?"}])
    start = time.perf_counter()
    process = subprocess.Popen([kotae.COMMAND, "index", "add", index, "--corpus", corpus], stderr=subprocess.PIPE)
    said = process.stderr.readline()
    acknowledged = (time.perf_counter() - start) * 1000
    process.stderr.read()
    if process.wait() != 0 or b"documents added" not in said:
        sys.exit(f"kotae index add: {said}")
    return acknowledged, (time.perf_counter() - start) * 1000


def report(what: str, value: float, bound: float, unit: str, spread: str = "") -> int:
    good = value <= bound
    print(f"  {what}: {value:,.1f} {unit}{spread} (bound {bound:,g}): {'good' if good else 'MISSED'}", flush=True)
    return 0 if good else 1


def spread(times: list[float]) -> str:
    ordered = sorted(times)
    return f", 95 % within {ordered[len(ordered) * 95 // 100]:,.1f}, longest {ordered[-1]:,.1f}"


def measure(index: Path, folder: Path, adds: int) -> int:
    commands = [time_command(index, folder, number) for number in range(COMMANDS)]
    missed = report("one add as a command, median", statistics.median(time for time, _ in commands),
                    COMMAND_BOUND, "ms", f", its end {statistics.median(time for _, time in commands):,.1f}")

    searcher, adder = Searcher(index), Adder(index)
    questions = texts(SINGLE + 20, "no")
    for number, text in enumerate(texts(20, "warm")):
        adder.add({"id": f"warm-{number}", "question": text})
    single = []
    for number, text in enumerate(texts(SINGLE, "single")):
        single.append(adder.add({"id": f"single-{number}", "question": text}))
        time.sleep(0.02)
    missed += report("one add in a running process, median", statistics.median(single), SINGLE_BOUND, "ms",
                     spread(single))

    before = [searcher.search(text)[0] for text in questions][20:]
    print(f"  a search in another process meanwhile nothing is added, median: {statistics.median(before):,.2f} ms")
    last: dict = {}
    during, unseen = [], []
    is_over = threading.Event()

    def search_all_the_time() -> None:
        while not is_over.is_set():
            document = last.get("document")
            if document is None:
                continue
            milliseconds, found = searcher.search(document["question"])
            during.append(milliseconds)
            if found[:1] != [document["id"]]:
                unseen.append(document["id"])

    thread = threading.Thread(target=search_all_the_time)
    thread.start()
    documents = [{"id": f"new-{number}", "question": text} for number, text in enumerate(texts(adds, "new"))]
    times = []
    start = time.perf_counter()
    for document in documents:
        times.append(adder.add(document))
        last["document"] = document
    took = (time.perf_counter() - start) * 1000
    is_over.set()
    thread.join()
    missed += report(f"{adds:,} adds", took, ALL_BOUND * adds / 1000, "ms",
                     f", one: median {statistics.median(times):,.1f}{spread(times)}")
    missed += report("searches meanwhile, median", statistics.median(during) / statistics.median(before),
                     SEARCH_BOUND, f"times as long, {statistics.median(during):,.2f} ms",
                     f", {len(during):,} searches{spread(during)}")
    missed += report("acknowledged and not found by the next search", len(unseen), 0, "documents")
    start = time.perf_counter()
    adder.end()
    searcher.end()
    info = json.loads(kotae.run("index", "info", index, "--json"))
    print(f"  foldings went on for {time.perf_counter() - start:,.1f} s; generation {info['generation']}, "
          f"{info['counts']['vectors_without_row']} vectors wait")
    print("  " + kotae.run("index", "verify", index).decode().strip())
    return missed


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--index", type=Path)
    parser.add_argument("--factory", nargs="+", default=["Flat"])
    parser.add_argument("--adds", type=int, default=1000)
    options = parser.parse_args()
    print(kotae.versions("kotae"))
    missed = 0
    with tempfile.TemporaryDirectory() as name:
        base = options.index or Path(name, "index")
        build(base)
        for factory in options.factory:
            with tempfile.TemporaryDirectory(dir=base.parent) as copies:
                index = Path(copies, "index")
                shutil.copytree(base, index)
                if factory != "Flat":
                    kotae.run("index", "compact", index, "--factory", factory, "--quiet")
                # The copy itself should not be what the first additions wait for.
                os.sync()
                print(f"{factory}, {DOCUMENTS:,} documents", flush=True)
                missed += measure(index, Path(copies), options.adds)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
