"""How much memory do building and opening an index of many short texts take?

Builds indexes of short distinct texts, and searches each once as a command. Prints for each the most
memory that the process held of its own (anonymous pages, by /proc/PID/status, looked at every few
milliseconds) and in all, with the pages of mapped files, which the system takes back when it needs
them; and what FAISS holds of so many vectors: 4 bytes a number, and the graph of HNSW32.

    python3 tools/peers/index_memory.py [--documents 50000 200000] [--factory Flat HNSW32]

The indexes, about 0.8 GB of 200,000 texts, go to the temporary folder ($TMPDIR). Needs nothing but
Python, and Linux. KOTAE and KOTAE_MODELS: see kotae.py.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import kotae
from changes import texts, write_documents

DIMENSIONS = 384


def peaks(*arguments: object) -> tuple[float, float, float]:
    """The most MiB of its own and in all, and seconds, of one run of the command."""
    start = time.perf_counter()
    child = subprocess.Popen([kotae.COMMAND, *map(str, arguments)], stdout=subprocess.DEVNULL)
    own = everything = 0
    while child.poll() is None:
        try:
            status = dict(line.split(":", 1) for line in Path(f"/proc/{child.pid}/status").read_text().splitlines())
            own = max(own, int(status["RssAnon"].split()[0]))
            everything = max(everything, int(status["VmHWM"].split()[0]))
        except (KeyError, OSError):
            pass  # it has ended
        time.sleep(0.002)
    if child.returncode != 0:
        sys.exit(f"{kotae.COMMAND} failed with {child.returncode}")
    return own / 1024, everything / 1024, time.perf_counter() - start


def held_by_faiss(documents: int, factory: str) -> float:
    """MiB: the vectors; and for each row of a graph 64 neighbours below and on average 2 above, an
    offset and a level."""
    return documents * (DIMENSIONS * 4 + (0 if factory == "Flat" else 66 * 4 + 12)) / 2**20


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, nargs="+", default=[50_000, 200_000])
    parser.add_argument("--factory", nargs="+", default=["Flat", "HNSW32"])
    options = parser.parse_args()
    model = kotae.model_folder()
    print(kotae.versions("kotae"))
    for documents in options.documents:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            corpus = write_documents(folder / "corpus.jsonl", [
                {"id": f"faq-{number}", "question": text} for number, text in enumerate(texts(documents, "no"))])
            for factory in options.factory:
                index = folder / "index"
                for what, arguments in [
                    ("build", ["index", "build", index, "--corpus", corpus, "--factory", factory, "--model", model,
                               "--quiet"]),
                    ("search", ["search", index, "how do i change my order", "--quiet"]),
                ]:
                    own, everything, seconds = peaks(*arguments)
                    print(f"{documents:>9,} texts, {factory}, {what}: {own:,.0f} MiB of its own, {everything:,.0f} "
                          f"with mapped files, {seconds:,.1f} s; FAISS holds {held_by_faiss(documents, factory):,.0f}",
                          flush=True)


if __name__ == "__main__":
    main()
