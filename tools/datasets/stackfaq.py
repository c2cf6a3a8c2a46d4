"""Rephrased questions to the FAQ of StackExchange's "Web Applications" (StackFAQ, Karan & Šnajder 2018).

PUBLISHED_FOLDER is data/StackFAQ of https://github.com/ML-Recipes/BERT-FAQ (commit
3c184030c1819b462e29f665465ab4968657440e). No licence is stated for the data (the repository's MIT License is
that of the code); the texts come from StackExchange, whose contributions are CC BY-SA.

The published data has no split. The corpus has all entries; questions come out for those entries only that
are not among the 40 drawn with seed 13. Kotae's figures are over these, so the questions to the 40 others
stay unseen.
"""

import random
import sys
from pathlib import Path

import conversion
from conversion import DatasetError, Files, judgements, one_line

LEFT_OUT, SEED = 40, 13
# What stands among the rephrasings and is none: the sign between two groups of them, and an empty one.
NO_REPHRASING = {"*", ""}


def convert(published: Path) -> Files:
    path = published / "stackExchange-FAQ.xml"
    entries = list(conversion.read_xml(path, "qapair"))
    if len(entries) <= LEFT_OUT:
        raise DatasetError(f"{path}: {len(entries)} elements qapair; expected more than the {LEFT_OUT} left out")
    shuffled = list(range(len(entries)))
    random.Random(SEED).shuffle(shuffled)
    left_out = set(shuffled[:LEFT_OUT])

    corpus, queries, qrels, pairs = [], [], [], []
    for number, entry in enumerate(entries):
        document, question = f"faq{number:03}", one_line(entry.findtext("question"))
        answers = [one_line(answer.text) for answer in entry.findall("answer")]
        if not question or not answers:
            raise DatasetError(f"{path}: qapair {number + 1}: expected a question and an answer")
        corpus.append({"id": document, "text": question, "answer": answers[0], "answers": answers})
        if number in left_out:
            continue
        texts = [one_line(element.text) for element in entry.findall("rephr")]
        for index, text in enumerate(text for text in texts if text not in NO_REPHRASING):
            query = f"q{number:03}_{index:02}"
            queries.append({"id": query, "text": text})
            qrels += judgements(query, [document])
            pairs.append({"query": text, "positive": question, "qid": query, "docid": document})
    return {"corpus.jsonl": corpus, "train/queries.jsonl": queries, "train/qrels.tsv": qrels,
            "train/pairs.jsonl": pairs}


def main(arguments: list[str] | None = None) -> int:
    options = conversion.parser(__doc__).parse_args(arguments)
    return conversion.run(lambda: convert(options.published), options.to)


if __name__ == "__main__":
    sys.exit(main())
