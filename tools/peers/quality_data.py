"""The data sets of quality.py: what is learned, what settings are chosen by, what is scored.

| name | folder | learns from | settings are chosen by | scores |
|---|---|---|---|---|
| `snopes` | `snopes-known-lie` | `train` | a quarter of the claims of `train` | `test`, searched in all claims |
| `semeval` | `semeval-cqa-b` | `train-part1`, `train-part2` | `dev` | `test2016`, the ten candidates of each query |
| `sample` | `indexes/support-faq` | `train.jsonl` | `dev.jsonl` | `test.jsonl`, searched in all entries |
| `mrpc` | `mrpc` | nine tenths of `train` | a tenth of `train` | `test` |
| `stsb` | `stsb-en` | `train` | `dev` | `test` |

Pairs are dictionaries as `kotae train --pairs` reads them, with texts, not ids.
"""

import json
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

import kotae

Pair = dict[str, object]
RANKED = ("snopes", "semeval", "sample")
NAMES = (*RANKED, "mrpc", "stsb")
SAMPLE = Path("indexes/support-faq")
# How many of a query's nearest documents stand for the whole corpus while settings are chosen.
POOL = 10


@dataclass
class Document:
    id: str
    texts: list[str]


@dataclass
class Query:
    text: str
    relevant: set[str]
    # What is ranked for it; None for the whole corpus.
    candidates: list[str] | None = None


@dataclass
class Task:
    name: str
    train: list[Pair]
    dev: list[Pair]
    # Learned from too when the test split is scored, because no file of its own holds `dev`.
    dev_is_training: bool = False
    # What mining and development queries search.
    corpus: list[Document] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    queries: list[Query] = field(default_factory=list)
    # Pairs to be scored, where there are no queries.
    test: list[Pair] = field(default_factory=list)
    # Whether negatives are mined in the corpus.
    mines: bool = False


def lines(path: Path) -> list[dict]:
    return kotae.read_jsonl(path.read_bytes())


def qrels(path: Path) -> list[tuple[str, str, int]]:
    return [(query, document, int(grade)) for query, _, document, grade in
            map(str.split, path.read_text(encoding="utf-8").splitlines())]


def relevant_documents(judgements: Iterable[tuple[str, str, int]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for query, document, grade in judgements:
        if grade > 0:
            found.setdefault(query, []).append(document)
    return found


def hold_out(groups: list[str], share: float) -> list[bool]:
    """Which members are held out: all of a group or none, the same ones whenever it is called."""
    names = sorted(set(groups))
    chosen = set(np.random.default_rng(1).permutation(names)[:round(len(names) * share)])
    return [group in chosen for group in groups]


def split(pairs: list[Pair], groups: list[str], share: float) -> tuple[list[Pair], list[Pair]]:
    held = hold_out(groups, share)
    return ([pair for pair, out in zip(pairs, held) if not out],
            [pair for pair, out in zip(pairs, held) if out])


def snopes(data: Path) -> Task:
    folder = data / "snopes-known-lie"
    corpus = [Document(line["id"], [line["text"]]) for line in lines(folder / "corpus.jsonl")]
    texts = {document.id: document.texts[0] for document in corpus}
    # Copies of a claim differ in quotation marks at most: one of them is learned, all are accepted.
    pairs = [{"query": line["query"], "positive": texts[line["docid"]], "claim": line["docid"]}
             for line in lines(folder / "train/pairs.jsonl")]
    train, dev = split(pairs, [pair["claim"] for pair in pairs], 0.25)
    relevant = relevant_documents(qrels(folder / "test/qrels.tsv"))
    queries = [Query(line["text"], set(relevant[line["id"]]))
               for line in lines(folder / "test/queries.jsonl")]
    return Task("snopes", train, dev, True, corpus, corpus, queries, mines=True)


def semeval(data: Path) -> Task:
    folder = data / "semeval-cqa-b"

    def pairs(part: str) -> list[Pair]:
        return [{"query": line["sentence1"], "positive": line["sentence2"], "label": line["score"]}
                for line in lines(folder / part / "pairs.jsonl")]

    judgements = qrels(folder / "test2016/qrels.tsv")
    candidates: dict[str, list[str]] = {}
    for query, document, _ in judgements:
        candidates.setdefault(query, []).append(document)
    relevant = relevant_documents(judgements)
    queries = [Query(line["text"], set(relevant.get(line["id"], [])), candidates[line["id"]])
               for line in lines(folder / "test2016/queries.jsonl")]
    ranked = {document for own in candidates.values() for document in own}
    documents = [Document(line["id"], [line["text"]]) for line in lines(folder / "corpus.jsonl")
                 if line["id"] in ranked]
    return Task("semeval", pairs("train-part1") + pairs("train-part2"), pairs("dev"), documents=documents,
                queries=queries)


def sample(_: Path) -> Task:
    corpus = [Document(line["id"], [line["question"], *line["alternates"]])
              for line in lines(SAMPLE / "corpus.jsonl")]
    texts = {document.id: document.texts for document in corpus}

    def pairs(name: str) -> list[Pair]:
        return [{"query": line["query"], "positive": texts[line["docid"]][0], "label": line.get("label", 1)}
                for line in lines(SAMPLE / name)]

    queries = [Query(line["query"], {line["docid"]}) for line in lines(SAMPLE / "test.jsonl")]
    return Task("sample", pairs("train.jsonl"), pairs("dev.jsonl"), False, corpus, corpus, queries,
                mines=True)


def labelled(path: Path, name: str) -> list[Pair]:
    return [{"query": line["sentence1"], "positive": line["sentence2"], name: line[name]}
            for line in lines(path)]


def mrpc(data: Path) -> Task:
    pairs = labelled(data / "mrpc/train/pairs.jsonl", "label")
    train, dev = split(pairs, [pair["query"] for pair in pairs], 0.1)
    return Task("mrpc", train, dev, test=labelled(data / "mrpc/test/pairs.jsonl", "label"))


def stsb(data: Path) -> Task:
    train, dev, test = (labelled(data / "stsb-en" / part / "pairs.jsonl", "score")
                        for part in ("train", "dev", "test"))
    return Task("stsb", train, dev, test=test)


def load(name: str, data: Path) -> Task:
    return {"snopes": snopes, "semeval": semeval, "sample": sample, "mrpc": mrpc, "stsb": stsb}[name](data)


def write_pairs(path: Path, pairs: Iterable[Pair]) -> None:
    kept = ("query", "positive", "negatives", "label", "score")
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for pair in pairs:
            record = {name: pair[name] for name in kept if name in pair}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")


def write_corpus(path: Path, documents: Iterable[Document]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for document in documents:
            record = {"id": document.id, "question": document.texts[0], "alternates": document.texts[1:]}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")


def mined(pairs: list[Pair], task: Task, form: str) -> list[Pair]:
    """The pairs with negatives that `kotae mine` finds with the base model: three of each pair
    ("negatives"), the nearest ("negative"), or the nearest as a pair of its own with label 0 ("pairs")."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_pairs(folder / "pairs.jsonl", (pair for pair in pairs if pair.get("label", 1)))
        write_corpus(folder / "corpus.jsonl", task.corpus)
        found = kotae.read_jsonl(kotae.run("mine", "--pairs", folder / "pairs.jsonl", "--corpus",
                                           folder / "corpus.jsonl", "--quiet"))
    negatives = {(line["query"], line["positive"]):
                 [text for text in line["negatives"] if folded(text) != folded(line["positive"])]
                 for line in found}
    result = []
    for pair in pairs:
        own = negatives.get((pair["query"], pair["positive"]), []) if pair.get("label", 1) else []
        if form == "pairs":
            result += [{"label": 1} | pair, *({"query": pair["query"], "positive": text, "label": 0}
                                              for text in own[:1])]
        else:
            result.append(pair | {"negatives": own[:1] if form == "negative" else own})
    return result


def folded(text: str) -> str:
    """Without case and punctuation, in which copies of a claim differ."""
    return "".join(filter(str.isalnum, text.lower()))
