"""Japanese questions to the paragraphs of Wikipedia that answer them (JaQuAD 0.1.0).

PUBLISHED_FOLDER is data of https://github.com/SkelterLabsInc/JaQuAD (commit
23f5d72cc273c49b35e2d9efe0f51757aa1770bd). "The JaQuAD dataset is licensed under the CC BY-SA 3.0".

The corpus is all paragraphs of dev and a sample of those of train, drawn with seed 13; a paragraph that is left
out takes its questions with it. --train-paragraphs 9713 takes all.
"""

import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import conversion
from conversion import DatasetError, Files, judgements, one_line

SEED = 13


def paragraphs(folder: Path) -> Iterator[tuple[str, dict]]:
    """Each paragraph of a part with the title of its article, in the order of the files."""
    paths = sorted(folder.glob("jaquad_*.json"))
    if not paths:
        raise DatasetError(f"{folder}: no files jaquad_*.json; expected JaQuAD's data in SQuAD's format")
    for path in paths:
        try:
            for article in json.loads(conversion.text_of(path, "JSON in SQuAD's format"))["data"]:
                for paragraph in article["paragraphs"]:
                    yield article["title"], paragraph
        except json.JSONDecodeError as error:
            raise DatasetError(f"{path}: {error}; expected JSON in SQuAD's format") from None
        except (KeyError, TypeError) as error:
            raise DatasetError(f"{path}: {error}; expected data with title and paragraphs for each") from None


def convert(published: Path, train_paragraphs: int) -> Files:
    train, dev = (list(paragraphs(published / part)) for part in ("train", "dev"))
    if not 1 <= train_paragraphs <= len(train):
        raise DatasetError(
            f"{published / 'train'}: {len(train)} paragraphs; --train-paragraphs is {train_paragraphs}")
    kept = random.Random(SEED).sample(range(len(train)), train_paragraphs)
    left_out = set(range(len(train))).difference(kept)

    files: Files = {name: [] for name in ("corpus.jsonl", "train/queries.jsonl", "train/qrels.tsv",
                                          "dev/queries.jsonl", "dev/qrels.tsv")}
    for number, (title, paragraph) in enumerate(train + dev):
        if number in left_out:
            continue
        part, document = "train" if number < len(train) else "dev", f"p{number:05}"
        try:
            files["corpus.jsonl"].append({"id": document, "text": one_line(paragraph["context"]), "title": title})
            for question in paragraph["qas"]:
                files[f"{part}/queries.jsonl"].append(
                    {"id": question["id"], "text": one_line(question["question"]),
                     "answer": one_line(question["answers"][0]["text"])})
                files[f"{part}/qrels.tsv"] += judgements(question["id"], [document])
        except (KeyError, IndexError, TypeError) as error:
            raise DatasetError(f"{published / part}: article {title}: {error}; expected context and qas, and for "
                               "each id, question and answers with text") from None
    return files


def main(arguments: list[str] | None = None) -> int:
    parser = conversion.parser(__doc__)
    parser.add_argument("--train-paragraphs", type=int, default=7000, metavar="N",
                        help="how many paragraphs of train to keep (default 7000)")
    options = parser.parse_args(arguments)
    return conversion.run(lambda: convert(options.published, options.train_paragraphs), options.to)


if __name__ == "__main__":
    sys.exit(main())
