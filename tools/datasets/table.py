"""What keyword search, the base model, a fine-tuned one and their fusions find on the public data.

For each data set: fine-tunes the base model on its training part (into MODELS/NAME, unless that is there),
compares all on its test part, and prints a row of a Markdown table: values with 95 % intervals, and what
fine-tuning brought, with p by `kotae compare` (Holm's correction for all of a set's pairs of candidates).
Each command is shown on standard error as it is run, so that it can be run by itself.

    python3 tools/datasets/table.py DATA --models MODELS [--sets snopes ...] [--precision bf16]

DATA is where this folder's scripts have put the data sets. Run it at the top of the repository; KOTAE
names the command where it is not `kotae`. Python 3.11, standard library only.
"""

import argparse
import json
import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

BASE = "all-MiniLM-L6-v2"
SAMPLE = "indexes/support-faq"


@dataclass
class Ranked:
    """A set whose queries are searched in a corpus."""

    title: str
    corpus: str
    test: list[str]
    # What kotae train learns from; none where there is nothing to learn in the base model's language.
    train: list[str] | None


@dataclass
class Paired:
    """A set whose pairs are classified or correlated."""

    title: str
    test: list[str]
    train: list[str] | None


def asked(part: str) -> list[str]:
    return ["--queries", f"{part}/queries.jsonl", "--qrels", f"{part}/qrels.tsv"]


def sets(data: str) -> dict[str, Ranked | Paired]:
    def own_answers(name: str) -> list[str]:
        return ["--pairs", f"{data}/{name}/corpus.jsonl", "--query-field", "text", "--positive-field", "answer"]

    def searched(title: str, name: str, part: str, train: list[str] | None) -> Ranked:
        return Ranked(title, f"{data}/{name}/corpus.jsonl", asked(f"{data}/{name}/{part}"), train)

    def learned(name: str) -> list[str]:
        return ["--corpus", f"{data}/{name}/corpus.jsonl", *asked(f"{data}/{name}/train")]

    semeval = f"{data}/semeval-cqa-b"
    return {
        "sample": Ranked("the sample", f"{SAMPLE}/corpus.jsonl", ["--pairs", f"{SAMPLE}/test.jsonl"],
                         ["--corpus", f"{SAMPLE}/corpus.jsonl", "--pairs", f"{SAMPLE}/train.jsonl",
                          "--dev", f"{SAMPLE}/dev.jsonl"]),
        "snopes": searched("tweets to verified claims (Snopes)", "snopes-known-lie", "test",
                           learned("snopes-known-lie")),
        "semeval": searched("related questions (SemEval)", "semeval-cqa-b", "test2016",
                            ["--pairs", f"{semeval}/train-part1/pairs.jsonl",
                             "--pairs", f"{semeval}/train-part2/pairs.jsonl",
                             "--dev", f"{semeval}/dev/pairs.jsonl", "--allow-overlap"]),
        "banking": searched("messages to intents (BANKING77)", "banking77", "test", learned("banking77")),
        "covid": searched("COVID FAQ (Stanford)", "covidfaq-stanford", "test", own_answers("covidfaq-stanford")),
        "stackfaq": searched("StackFAQ", "stackfaq", "train", own_answers("stackfaq")),
        "jaquad": searched("Japanese questions to paragraphs (JaQuAD)", "jaquad", "dev", None),
        "mrpc": Paired("paraphrases (MRPC)", ["--pairs", f"{data}/mrpc/test/pairs.jsonl"],
                       ["--pairs", f"{data}/mrpc/train/pairs.jsonl", "--allow-overlap"]),
        "stsb": Paired("graded similarity (STS-B)", ["--pairs", f"{data}/stsb-en/test/pairs.jsonl"],
                       ["--loss", "mse", "--pairs", f"{data}/stsb-en/train/pairs.jsonl",
                        "--dev", f"{data}/stsb-en/dev/pairs.jsonl", "--allow-overlap"]),
        "jsts": Paired("the same in Japanese (JSTS)", ["--pairs", f"{data}/jglue-jsts/valid/pairs.jsonl"], None),
    }


def kotae(*arguments: str) -> str:
    """What the command prints; ends the script when it fails."""
    command = [os.environ.get("KOTAE", "kotae"), *arguments]
    print("$ " + shlex.join(["kotae", *arguments]), file=sys.stderr, flush=True)
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        sys.exit(f"kotae {arguments[0]} failed")
    return done.stdout.decode()


def value(found: dict | None) -> str:
    if found is None:
        return "–"
    low, high = found["interval"]
    return f"{found['value']:.3f} ({low:.3f}–{high:.3f})"


def row(task: Ranked | Paired, tuned: str | None, precision: str) -> list[str]:
    models = [BASE] + ([tuned] if tuned else [])
    searched = ["--corpus", task.corpus] if isinstance(task, Ranked) else []
    if isinstance(task, Paired) and tuned is None:
        found = json.loads(kotae("evaluate", "--model", BASE, *task.test, "--precision", precision, "--json", "--quiet"))
        metric = "Spearman" if found["task"] == "regression" else "AP"
        candidates = {BASE: {"value": found["metrics"][metric], "interval": found["intervals"][metric]}}
        found["metric"], found["comparisons"] = metric, []
    else:
        found = json.loads(kotae("compare", *models, *searched, *task.test, "--precision", precision, "--json", "--quiet"))
        candidates = {candidate["name"]: candidate for candidate in found["candidates"]}
    cells = [candidates.get(name) for name in
             ("BM25", BASE, tuned, f"{BASE} + BM25", f"{tuned} + BM25")]
    return [f"{task.title}, {found['metric']}", f"{found.get('queries') or found['pairs']:,}", *map(value, cells),
            gain(found["comparisons"], tuned)]


def gain(comparisons: list[dict], tuned: str | None) -> str:
    for pair in comparisons:
        if {pair["better"], pair["worse"]} == {BASE, tuned}:
            sign = "+" if pair["better"] == tuned else "−"
            p = f"p = {pair['p_holm']:.2g}" if pair["p_holm"] >= 0.001 else "p < 0.001"
            return f"{sign}{pair['difference']:.3f}, {p}"
    return "–"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--sets", nargs="+")
    parser.add_argument("--precision", choices=["f32", "bf16"], default="f32")
    options = parser.parse_args()
    known = sets(options.data.rstrip("/"))
    if unknown := set(options.sets or []) - set(known):
        parser.error(f"no set is called {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    options.models.mkdir(parents=True, exist_ok=True)
    print("| set | questions or pairs | BM25 | base | fine-tuned | BM25 + base | BM25 + fine-tuned "
          "| fine-tuned against base |\n|---|---:|---:|---:|---:|---:|---:|---:|")
    for name in options.sets or known:
        task = known[name]
        tuned = None
        if task.train is not None:
            tuned = str(options.models / name)
            if not Path(tuned).exists():
                kotae("train", *task.train, "--to", tuned, "--precision", options.precision, "--quiet")
        print(f"| {' | '.join(row(task, tuned, options.precision))} |", flush=True)


if __name__ == "__main__":
    main()
