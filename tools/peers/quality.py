"""How much does training gain on held-out data?

Trains every row of the table with several seeds, in bf16, and scores each model once on the test
split, in f32. Data sets and their parts: quality_data.py. A query's documents are ranked by the best
cosine of their texts, ties by document id descending.

    python tools/peers/quality.py --data DATA [--sets snopes sample ...] [--rows base bsc-model ...] \\
        [--seeds 3] [--threads 1] [--results FILE]
    python tools/peers/quality_table.py [FILE]

DATA holds the folders that quality_data.py names. Each run appends a line to the results, by default
those behind the README's tables, quality.jsonl beside this script: each query's ranks of what is
relevant to it, or values over all pairs. What is there already is not run again, so that an
interrupted series goes on. Settings were chosen with

    python tools/peers/quality.py --data DATA --develop --sets snopes --rows bsc-model -- --rate 5e-5 ...

which learns from the training part alone, judges each epoch by the development part and never reads
the test split. What follows `--` goes to kotae train after the row's own settings.
KOTAE and KOTAE_MODELS: see kotae.py.
"""

import argparse
import fcntl
import json
import sys
import tempfile
from pathlib import Path

import numpy as np

import kotae
import quality_data
from quality_data import Document, Pair, Task
from quality_metrics import average_precision, best_threshold, f1, regression

RESULTS = Path(__file__).with_name("quality.jsonl")

# Chernyavskiy et al. 2022; random batches and grouped ones differ in nothing else.
PAPER = ["--rate", "2e-5", "--temperature", "0.07", "--batch-size", "30", "--epochs", "6",
         "--max-length", "90"]
GROUPS = ["--policy", "model", "--group-size", "7"]
RANDOM = ["--policy", "random"]

# Each row: the settings, and in which form mined negatives take part where a corpus is searched (see
# quality_data.mined); "" for none.
ROWS: dict[str, tuple[list[str], str]] = {
    "base": ([], ""),
    "mse": ([*PAPER, *RANDOM, "--loss", "mse"], "pairs"),
    "triplet": ([*PAPER, *RANDOM, "--loss", "triplet"], "negative"),
    "bsc-random": ([*PAPER, *RANDOM], ""),
    "bsc-model": ([*PAPER, *GROUPS], ""),
    # As published: further right answers to a query count as wrong, and equal texts may share a group.
    "bsc-paper": ([*PAPER, *GROUPS, "--equal-texts-in-groups", "--no-mask-positives"], ""),
    "bsc-mined": ([*PAPER, *GROUPS, "--epochs", "4"], "negatives"),
    "combined": ([*PAPER, *GROUPS, "--loss", "bsc+mse", "--mu", "0.5"], "pairs"),
    "default": (["--max-length", "90"], ""),
    "best": (["--policy", "model"], ""),
    "best-random": (RANDOM, ""),
}

# What the development parts chose, beside the defaults.
BEST = {
    "snopes": [*PAPER, "--epochs", "4", "--group-size", "7", "--equal-texts-in-groups",
               "--no-mask-positives"],
    "semeval": ["--rate", "2e-5", "--epochs", "1", "--max-length", "90"],
    "sample": ["--rate", "1e-4"],
}


def training_pairs(task: Task, negatives: str, everything: bool) -> list[Pair]:
    pairs = task.train + task.dev if everything and task.dev_is_training else task.train
    return quality_data.mined(pairs, task, negatives) if negatives and task.mines else pairs


def train(task: Task, row: str, folder: Path, develop: bool, options: list[object]) -> Path:
    """The folder of the trained model."""
    settings, negatives = ROWS[row]
    if row.startswith("best"):
        settings = [*BEST[task.name], *settings]
    quality_data.write_pairs(folder / "train.jsonl", training_pairs(task, negatives, not develop))
    arguments = ["--pairs", folder / "train.jsonl", "--to", folder / "model", "--precision", "bf16",
                 "--quiet"]
    if develop or not task.dev_is_training:
        quality_data.write_pairs(folder / "dev.jsonl", task.dev)
        # The parts of the data sets share sentences as they come.
        arguments += ["--dev", folder / "dev.jsonl", "--allow-overlap"]
    elif row != "default":
        arguments += ["--dev-fraction", "0"]
    # The defaults hold out a tenth of the pairs where there is no other part to judge by.
    if task.corpus and "--dev-fraction" not in arguments:
        quality_data.write_corpus(folder / "corpus.jsonl", pool(task, folder) if develop else task.corpus)
        arguments += ["--corpus", folder / "corpus.jsonl"]
    kotae.run("train", *arguments, *settings, *options)
    return folder / "model"


def embed(model: Path, texts: list[str], role: str, folder: Path, threads: int) -> np.ndarray:
    kotae.write_jsonl(folder / "texts.jsonl", texts)
    kotae.run("embed", "--input", folder / "texts.jsonl", "--field", "text", "--model", model, "--as", role,
              "--format", "npy", "--output", folder / "vectors.npy", "--threads", threads, "--quiet")
    vectors = np.load(folder / "vectors.npy")
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def document_scores(model: Path, queries: list[str], documents: list[Document], folder: Path,
                    threads: int) -> np.ndarray:
    starts = np.cumsum([0, *(len(document.texts) for document in documents)])[:-1]
    scores = embed(model, queries, "query", folder, threads) @ embed(
        model, [text for document in documents for text in document.texts], "passage", folder, threads).T
    return np.maximum.reduceat(scores, starts, axis=1)


def pool(task: Task, folder: Path) -> list[Document]:
    """What development queries are searched in: of a large corpus what the pairs name, and the base
    model's nearest."""
    if len(task.corpus) <= 1000:
        return task.corpus
    named = {pair["positive"] for pair in task.train + task.dev}
    chosen = {place for place, document in enumerate(task.corpus) if document.texts[0] in named}
    queries = [pair["query"] for pair in task.dev]
    scores = document_scores(kotae.model_folder(), queries, task.corpus, folder, 2)
    chosen.update(np.argsort(-scores, axis=1)[:, :quality_data.POOL].flatten())
    return [task.corpus[place] for place in sorted(chosen)]


def score(model: Path, task: Task, folder: Path, threads: int) -> dict[str, object]:
    """Each metric's value, or for rankings "ranks": one ascending list a query, of what is relevant."""
    if task.queries:
        return {"ranks": relevant_ranks(model, task, folder, threads)}
    name = "label" if "label" in task.test[0] else "score"
    gold = np.array([float(pair[name]) for pair in task.test])
    cosines = pair_cosines(model, task.test, folder, threads)
    if name == "score":
        return regression(cosines, gold)
    threshold = best_threshold(pair_cosines(model, task.dev, folder, threads),
                               np.array([float(pair[name]) for pair in task.dev]))
    return {"F1": f1(cosines >= threshold, gold), "average precision": average_precision(cosines, gold)}


def pair_cosines(model: Path, pairs: list[Pair], folder: Path, threads: int) -> np.ndarray:
    return np.sum(embed(model, [pair["query"] for pair in pairs], "query", folder, threads)
                  * embed(model, [pair["positive"] for pair in pairs], "passage", folder, threads), axis=1)


def relevant_ranks(model: Path, task: Task, folder: Path, threads: int) -> list[list[int]]:
    # By id descending, so that a stable sort leaves equal scores in that order.
    documents = sorted(task.documents, key=lambda document: document.id, reverse=True)
    scores = document_scores(model, [query.text for query in task.queries], documents, folder, threads)
    ids = np.array([document.id for document in documents])
    result = []
    for query, row in zip(task.queries, scores):
        order = ids[np.argsort(-row, kind="stable")]
        if query.candidates is not None:
            order = order[np.isin(order, query.candidates)]
        result.append((np.flatnonzero(np.isin(order, list(query.relevant))) + 1).tolist())
    return result


def develop(task: Task, row: str, options: list[object]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        model = train(task, row, Path(folder), True, options)
        events = kotae.read_jsonl((model / "training/log.jsonl").read_bytes())
        scores = [event for event in events if "score" in event]
        print(f"{task.name} {row} {' '.join(map(str, options))}: {scores[0]['metric']} "
              + " ".join(f"{event['score']:.4f}" for event in scores), flush=True)


def run(task: Task, row: str, seed: int, threads: int, options: list[object]) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = kotae.model_folder()
        if row != "base":
            model = train(task, row, folder, False, ["--seed", seed, "--threads", threads, *options])
        return {"set": task.name, "row": row, "seed": seed, "values": score(model, task, folder, threads)}


def known(path: Path) -> set[tuple[str, str, int]]:
    if not path.exists():
        return set()
    return {(line["set"], line["row"], line["seed"]) for line in kotae.read_jsonl(path.read_bytes())}


def append(path: Path, result: dict[str, object]) -> None:
    """A whole line, also when several series write to the file."""
    with path.open("a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(json.dumps(result, separators=(",", ":")) + "\n")


def main() -> None:
    own, train_options = sys.argv[1:], []
    if "--" in own:
        train_options = own[own.index("--") + 1:]
        own = own[:own.index("--")]
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sets", nargs="+", choices=quality_data.NAMES, default=list(quality_data.NAMES))
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=list(ROWS))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--develop", action="store_true")
    options = parser.parse_args(own)
    for name in options.sets:
        task = quality_data.load(name, options.data)
        for row in options.rows:
            if options.develop:
                develop(task, row, ["--threads", options.threads, *train_options])
                continue
            for seed in range(1, options.seeds + 1) if row != "base" else [0]:
                if (name, row, seed) not in known(options.results):
                    append(options.results, run(task, row, seed, options.threads, train_options))


if __name__ == "__main__":
    main()
