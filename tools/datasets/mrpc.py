"""Pairs of sentences from the news, label 1 where they are paraphrases (Microsoft Research Paraphrase Corpus).

PUBLISHED_FOLDER holds msr_paraphrase_train.txt and msr_paraphrase_test.txt, from
https://www.microsoft.com/en-us/download/details.aspx?id=52398 or from dataset/msr-paraphrase-corpus of
https://github.com/wasiahmad/paraphrase_identification (commit 88b208d0d094ab945d2401d9393531be1fec0076). The
Microsoft Research Shared Source license agreement beside them allows use "for any non-commercial purpose".
"""

import sys
from pathlib import Path

import conversion
from conversion import DatasetError, Files, one_line
from stsb import BROKEN_APOSTROPHE

COLUMNS = ["Quality", "#1 ID", "#2 ID", "#1 String", "#2 String"]


def convert(published: Path) -> Files:
    files: Files = {}
    for part in ("train", "test"):
        path = published / f"msr_paraphrase_{part}.txt"
        records = []
        # Quotation marks in it belong to the sentences.
        for number, row in enumerate(conversion.read_table(path, COLUMNS, delimiter="\t", quoted=False), 1):
            if row["Quality"] not in ("0", "1"):
                raise DatasetError(f'{path}: row {number}: Quality is "{row["Quality"]}"; expected 0 or 1')
            first, second = (one_line(row[name].replace(BROKEN_APOSTROPHE, "'")) for name in COLUMNS[3:])
            records.append({"sentence1": first, "sentence2": second, "label": int(row["Quality"]),
                            "id1": row["#1 ID"], "id2": row["#2 ID"]})
        files[f"{part}/pairs.jsonl"] = records
    return files


def main(arguments: list[str] | None = None) -> int:
    options = conversion.parser(__doc__).parse_args(arguments)
    return conversion.run(lambda: convert(options.published), options.to)


if __name__ == "__main__":
    sys.exit(main())
