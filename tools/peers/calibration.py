"""Does a threshold that `kotae calibrate` chooses keep its promise on other questions?

Three data sets are indexed and their questions searched once. Then the questions are halved at random 200
times: the rule of `kotae calibrate` (its formula by SciPy here; that both find the same chances on all
questions is checked first) chooses the threshold on one half, and the other half shows which share of the
answers above it is right, and how many are above it next to the best threshold chosen in hindsight.
covidfaq-stanford has questions without an answer; in the other sets 30 % of the entries that are asked
for are left out of the search.

    python3 tools/peers/calibration.py DATA [--precision 0.9] [--confidence 0.9] [--model FOLDER] [--sets snopes-known-lie ...]

DATA is the folder that tools/datasets makes. Needs: pip install scipy.
KOTAE and KOTAE_MODELS: see kotae.py.
"""

import argparse
import json
import math
import random
import sys
import tempfile
from pathlib import Path

from scipy.stats import betabinom

import kotae

SAMPLE = Path(__file__).resolve().parents[2] / "indexes" / "support-faq"
SPLITS, LEFT_OUT = 200, 0.3
SETS = ("covidfaq-stanford", "sample", "snopes-known-lie")


def read(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def questions(data: Path, name: str) -> tuple[Path, list[tuple[str, set[str]]]]:
    """A corpus, and questions with the entries that answer them."""
    if name == "sample":
        return SAMPLE / "corpus.jsonl", [(pair["query"], {pair["docid"]}) for pair in read(SAMPLE / "test.jsonl")]
    folder, found = data / name, []
    for part in ["test"] if name == "covidfaq-stanford" else ["train", "test"]:
        relevant = {}
        for line in (folder / part / "qrels.tsv").read_text().splitlines():
            query, _, document, relevance = line.split("\t")
            if int(relevance) > 0:
                relevant.setdefault(query, set()).add(document)
        found += [(query["text"], relevant[query["id"]]) for query in read(folder / part / "queries.jsonl")]
    if name == "covidfaq-stanford":
        found += [(query["text"], set()) for query in read(folder / "test" / "unanswerable.jsonl")]
    return folder / "corpus.jsonl", found


def answers(index: Path, asked: list[tuple[str, set[str]]]) -> list[tuple[float, bool]]:
    """The best score for each question and whether that answer is right."""
    hidden = set()
    if all(relevant for _, relevant in asked):
        documents = sorted(set().union(*(relevant for _, relevant in asked)))
        chosen = set(random.Random(1).sample(documents, round(LEFT_OUT * len(documents))))
        hidden = chosen.union(*(relevant for _, relevant in asked if relevant & chosen))
    (index / "asked.jsonl").write_text("".join(text.replace("\n", " ") + "\n" for text, _ in asked))
    lines = kotae.run("search", index, "-k", len(hidden) + 1, "--json", "--query-file", index / "asked.jsonl")
    result = []
    for line, (_, relevant) in zip(kotae.read_jsonl(lines), asked, strict=True):
        best = next(hit for hit in line["hits"] if hit["id"] not in hidden)
        result.append((best["score"], best["id"] in relevant))
    return result


def steps(found: list[tuple[float, bool]]) -> list[tuple[float, int, int]]:
    """Threshold, answers shown and right ones, by descending threshold."""
    found = sorted(found, reverse=True)
    right, result = 0, []
    for place, (score, is_right) in enumerate(found):
        right += is_right
        if place + 1 == len(found) or found[place + 1][0] < score:
            result.append((score, place + 1, right))
    return result


def confidences(found: list[tuple[float, int, int]], precision: float) -> list[float]:
    """Of each step: its chance, or the mean of those of up to an eighth more or fewer answers, if that is less."""
    chances = [float(betabinom.sf(math.ceil(precision * shown - 1e-9) - 1, shown, right, shown - right + 1)) if right
               else 0.0 for _, shown, right in found]
    result = []
    for chance, (_, shown, _) in zip(chances, found, strict=True):
        width = max(2, shown // 8)
        near = [other for other, (_, n, _) in zip(chances, found, strict=True) if abs(n - shown) <= width]
        result.append(min(chance, sum(near) / len(near)))
    return result


def threshold(found: list[tuple[float, bool]], precision: float, confidence: float) -> float | None:
    chosen, curve = None, steps(found)
    for (score, shown, right), sureness in zip(curve, confidences(curve, precision), strict=True):
        if right >= precision * shown and sureness >= confidence:
            chosen = score
    return chosen


def check(index: Path, asked: list[tuple[str, set[str]]], confidence: float) -> None:
    """That kotae chooses what the formula does, where it says which questions have no answer."""
    answered = [(text, relevant) for text, relevant in asked if relevant]
    (index / "pairs.jsonl").write_text("".join(
        json.dumps({"query": text, "positive_id": sorted(relevant)}) + "\n" for text, relevant in answered))
    (index / "nothing.jsonl").write_text("".join(
        json.dumps({"text": text}) + "\n" for text, relevant in asked if not relevant) or '{"text": "?"}\n')
    # Precisions that the worst of the sets reaches.
    for precision in (0.05, 0.1, 0.15):
        table = json.loads(kotae.run(
            "calibrate", index, "--pairs", index / "pairs.jsonl", "--unanswerable", index / "nothing.jsonl",
            "--precision", precision, "--confidence", confidence, "--dry-run", "--json", "--quiet"))
        curve = [(step["threshold"], step["shown"], step["right"]) for step in table["thresholds"]]
        for step, sureness in zip(table["thresholds"], confidences(curve, precision), strict=True):
            assert abs(step["confidence"] - sureness) < 1e-9


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--precision", type=float, default=0.9)
    parser.add_argument("--confidence", type=float, default=0.9)
    parser.add_argument("--model", type=Path, default=kotae.MODEL)
    parser.add_argument("--sets", nargs="+", choices=SETS, default=SETS)
    options = parser.parse_args()
    precision, confidence = options.precision, options.confidence
    print(kotae.versions("scipy"))
    print(f"precision {precision}, confidence {confidence}, {SPLITS} halvings, {options.model.name}")
    for name in options.sets:
        with tempfile.TemporaryDirectory() as folder:
            index = Path(folder)
            corpus, asked = questions(options.data, name)
            kotae.run("index", "build", index, "--corpus", corpus, "--model", options.model, "--quiet")
            check(index, asked, confidence)
            found = answers(index, asked)
        rng = random.Random(5)
        reached = chosen_ones = shown = best = 0
        for _ in range(SPLITS):
            rng.shuffle(found)
            half = len(found) // 2
            chosen = threshold(found[:half], precision, confidence)
            best += max((n for _, n, right in steps(found[half:]) if right >= precision * n), default=0)
            if chosen is None:
                continue
            other = [is_right for score, is_right in found[half:] if score >= chosen]
            chosen_ones += 1
            reached += sum(other) >= precision * len(other)
            shown += len(other)
        print(f"  {name:18} {len(found):4} questions: a threshold in {chosen_ones / SPLITS:.1%}, of which "
              f"{reached / max(chosen_ones, 1):.1%} reach the precision; answered {shown / SPLITS / half:.1%} of the "
              f"questions, in hindsight {best / SPLITS / half:.1%}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
