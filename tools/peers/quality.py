"""How much does training gain on held-out queries?

For a folder with corpus.jsonl and either train/ and test/ (queries.jsonl and qrels.tsv each) or train.jsonl
and test.jsonl (query and docid), trains every row of the table with several seeds, embeds the test
queries and the corpus with `kotae embed`, and ranks documents by the best cosine of their texts, ties by
document id descending. Settings never see the test queries: each training holds out
a part of its own queries to keep its best epoch.

    .peers/sentence-transformers/bin/python tools/peers/quality.py FOLDER [--rows base bsc-model] [--seeds 3] [--epochs 6 ...]

"Learned" are test queries about documents that training has queries of. Prints mean and standard deviation over seeds, and for the rows that are trained a paired
randomization test against the base model in reciprocal rank (10,000 permutations, mean over seeds).
KOTAE and KOTAE_MODELS: see kotae.py.
"""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np

import kotae

ROWS = {
    "base": None,
    "mse": ["--loss", "mse", "--policy", "random"],
    "triplet": ["--loss", "triplet", "--policy", "random"],
    "bsc-random": ["--policy", "random", "--temperature", "0.07"],
    "bsc-model": ["--policy", "model", "--temperature", "0.07", "--group-size", "7"],
    "default": [],
}
SUCCESS = (1, 3, 5, 10, 20)


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def test_queries(data: Path) -> list[tuple[str, set[str]]]:
    """Texts and relevant documents."""
    if (data / "test.jsonl").exists():
        return [(line["query"], {line["docid"]}) for line in lines(data / "test.jsonl")]
    relevant = qrels(data / "test/qrels.tsv")
    return [(query["text"], relevant[query["id"]]) for query in lines(data / "test/queries.jsonl")
            if query["id"] in relevant]


def training(data: Path) -> list[object]:
    if (data / "train.jsonl").exists():
        return ["--pairs", data / "train.jsonl"]
    return ["--queries", data / "train/queries.jsonl", "--qrels", data / "train/qrels.tsv"]


def learned_documents(data: Path) -> set[str]:
    if (data / "train.jsonl").exists():
        return {line["docid"] for line in lines(data / "train.jsonl") if line.get("label", 1)}
    return set().union(*qrels(data / "train/qrels.tsv").values())


def qrels(path: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = line.split()
        if len(cells) == 4 and int(cells[3]) > 0:
            found.setdefault(cells[0], set()).add(cells[2])
    return found


def embed(model: Path, texts: list[str], role: str, folder: Path) -> np.ndarray:
    kotae.write_jsonl(folder / "texts.jsonl", texts)
    kotae.run("embed", "--input", folder / "texts.jsonl", "--field", "text", "--model", model, "--as", role,
              "--format", "npy", "--output", folder / "vectors.npy", "--quiet")
    vectors = np.load(folder / "vectors.npy")
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def evaluate(model: Path, data: Path, folder: Path) -> dict[str, np.ndarray]:
    """Each metric's value for every test query."""
    queries = test_queries(data)
    # By id descending, so that a stable sort leaves equal scores in that order.
    corpus = sorted(lines(data / "corpus.jsonl"), key=lambda document: document["id"], reverse=True)
    texts = [[document["question"], *document["alternates"]] if "question" in document else [document["text"]]
             for document in corpus]
    starts = np.cumsum([0, *map(len, texts)])[:-1]
    scores = embed(model, [text for text, _ in queries], "query", folder) @ embed(
        model, [text for own in texts for text in own], "passage", folder).T
    scores = np.maximum.reduceat(scores, starts, axis=1)
    ids = np.array([document["id"] for document in corpus])
    result: dict[str, list[float]] = {}
    for (_, relevant), row in zip(queries, scores):
        ranks = np.flatnonzero(np.isin(ids[np.argsort(-row, kind="stable")], list(relevant))) + 1
        values = {"MAP": np.sum(np.arange(1, len(ranks) + 1) / ranks) / len(relevant),
                  "MRR": 1 / ranks[0], **{f"HasPositives@{k}": float(ranks[0] <= k) for k in SUCCESS}}
        for name, value in values.items():
            result.setdefault(name, []).append(value)
    learned = learned_documents(data)
    seen = np.array([bool(relevant & learned) for _, relevant in queries])
    found = {name: np.array(values) for name, values in result.items()}
    for name, chosen in (("MRR, learned", seen), ("MRR, others", ~seen)):
        found[name] = found["MRR"][chosen]
    return found


def randomization(a: np.ndarray, b: np.ndarray, rounds: int = 10_000) -> float:
    """The share of random exchanges of a and b, query by query, that differ as much (two-sided)."""
    differences, random = a - b, np.random.default_rng(1)
    signs = random.choice([-1, 1], size=(rounds, len(differences)))
    return (1 + np.sum(np.abs(signs @ differences) >= abs(differences.sum()) - 1e-12)) / (rounds + 1)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=list(ROWS))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--precision", default="f32")
    # Everything else is for kotae train.
    options, train = parser.parse_known_args()
    print(f"{kotae.versions('kotae')}; {options.data.name}, {options.seeds} seeds\n")
    names = ["MAP", "MRR", *(f"HasPositives@{k}" for k in SUCCESS), "MRR, learned", "MRR, others"]
    print(f"| row | {' | '.join(names)} | p against base |\n|---|{'---:|' * (len(names) + 1)}")
    base = None
    for name in options.rows:
        runs = []
        for seed in range(1, options.seeds + 1) if ROWS[name] is not None else [0]:
            with tempfile.TemporaryDirectory() as folder:
                model = kotae.model_folder()
                if ROWS[name] is not None:
                    kotae.run("train", *training(options.data), "--corpus", options.data / "corpus.jsonl", "--to",
                              Path(folder, "model"), "--seed", seed, "--quiet", "--precision", options.precision,
                              *ROWS[name], *train)
                    model = Path(folder, "model")
                runs.append(evaluate(model, options.data, Path(folder)))
        cells = []
        for metric in names:
            means = [run[metric].mean() if len(run[metric]) else np.nan for run in runs]
            cells.append(f"{np.mean(means):.3f}" + (f" ± {np.std(means, ddof=1):.3f}" if len(means) > 1 else ""))
        mrr = np.mean([run["MRR"] for run in runs], axis=0)
        base = mrr if name == "base" else base
        significance = "" if base is None or name == "base" else f"{randomization(mrr, base):.4f}"
        print(f"| {name} | {' | '.join(cells)} | {significance} |", flush=True)


if __name__ == "__main__":
    main()
