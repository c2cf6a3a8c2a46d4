"""Customers' messages to an online bank in 77 intents (BANKING77, Casanueva et al. 2020).

PUBLISHED_FOLDER is banking_data of https://github.com/PolyAI-LDN/task-specific-datasets (commit
57ec275d8078af65b7731c2a98be812d844a6d6b), licensed under the Creative Commons Attribution 4.0 International
Public License.

labeled.jsonl is the data set itself, with its published split. As a search, the corpus is the intents' names in
words. Pairs to learn from are two random pairings of each intent's messages, drawn with seed 13.
"""

import random
import sys
from pathlib import Path

import conversion
from conversion import Files, judgements, one_line

PAIRINGS, SEED = 2, 13


def pairings(texts: dict[str, list[str]]) -> list[conversion.Record]:
    """Pairs of different messages of one intent, in random order; each message is in at most one a pairing."""
    generator = random.Random(SEED)
    pairs = []
    for intent in sorted(texts):
        for _ in range(PAIRINGS):
            shuffled = list(dict.fromkeys(texts[intent]))
            generator.shuffle(shuffled)
            pairs += [{"query": query, "positive": positive, "intent": intent}
                      for query, positive in zip(shuffled[::2], shuffled[1::2])]
    generator.shuffle(pairs)
    return pairs


def convert(published: Path) -> Files:
    labeled = {
        part: [{"text": one_line(row["text"]), "label": row["category"]}
               for row in conversion.read_table(published / f"{part}.csv", ["text", "category"])]
        for part in ("train", "test")}

    intents = sorted({record["label"] for records in labeled.values() for record in records})
    ids = {intent: f"i{number:03}" for number, intent in enumerate(intents)}
    files: Files = {"corpus.jsonl": [{"id": ids[intent], "text": intent.replace("_", " ").lower(), "label": intent}
                                     for intent in intents]}
    for part, records in labeled.items():
        files[f"{part}/labeled.jsonl"] = records
        files[f"{part}/queries.jsonl"] = [{"id": f"{part}{number:05}", "text": record["text"]}
                                          for number, record in enumerate(records)]
        files[f"{part}/qrels.tsv"] = [line for number, record in enumerate(records)
                                      for line in judgements(f"{part}{number:05}", [ids[record["label"]]])]
    texts: dict[str, list[str]] = {}
    for record in labeled["train"]:
        texts.setdefault(record["label"], []).append(record["text"])
    files["train/pairs.jsonl"] = pairings(texts)
    return files


def main(arguments: list[str] | None = None) -> int:
    options = conversion.parser(__doc__).parse_args(arguments)
    return conversion.run(lambda: convert(options.published), options.to)


if __name__ == "__main__":
    sys.exit(main())
