"""Questions about COVID-19 vaccines to the entries of an FAQ, and questions that no entry answers (Stanford).

PUBLISHED_FOLDER is data/clean of https://github.com/stanford-oval/covid-faq (commit
60f52af61ad749db9b7bae895cb230bd6630cbc3), licensed under the Apache License 2.0.

All questions are test: there are too few to learn from. Those in test/unanswerable.jsonl are for
`kotae calibrate --unanswerable`.
"""

import sys
from pathlib import Path

import conversion
from conversion import DatasetError, Files, judgements, one_line

NO_ANSWER = "-1"


def convert(published: Path) -> Files:
    entries = conversion.read_table(published / "faq_db.csv", ["ID", "Category", "Question", "Answer"])
    path = published / "validation.csv"
    questions = conversion.read_table(path, ["Question", "Answer"])

    corpus = [{"id": entry["ID"], "text": one_line(entry["Question"]), "answer": one_line(entry["Answer"]),
               "category": one_line(entry["Category"])} for entry in entries]
    known = {entry["ID"] for entry in entries}
    queries, qrels, unanswerable = [], [], []
    for number, question in enumerate(questions):
        query = {"id": f"v{number:03}", "text": one_line(question["Question"])}
        if question["Answer"].strip() == NO_ANSWER:
            unanswerable.append(query)
            continue
        documents = [document.strip() for document in question["Answer"].split(",")]
        for document in documents:
            if document not in known:
                raise DatasetError(f'{path}: question {number + 1}: faq_db.csv has no entry "{document}"')
        queries.append(query)
        qrels += judgements(query["id"], documents)
    return {"corpus.jsonl": corpus, "test/queries.jsonl": queries, "test/qrels.tsv": qrels,
            "test/unanswerable.jsonl": unanswerable}


def main(arguments: list[str] | None = None) -> int:
    options = conversion.parser(__doc__).parse_args(arguments)
    return conversion.run(lambda: convert(options.published), options.to)


if __name__ == "__main__":
    sys.exit(main())
