"""Pairs of English sentences with a similarity from 0 to 5 (STS Benchmark).

PUBLISHED_FOLDER is data of https://github.com/PhilipMay/stsb-multi-mt (commit
30de0dec4ee199b7f42351d3f1a0b19592955385), whose LICENSE says: "This work is distributed under the same license as
the original dataset": the scores under CC BY-SA 4.0, the texts each under the license of its source.
"""

import sys
from pathlib import Path

import conversion
from conversion import DatasetError, Files, one_line

COLUMNS = ["sentence1", "sentence2", "score"]
# One news text came through a conversion of encodings with this for its apostrophe; MRPC has it too.
BROKEN_APOSTROPHE = "\x12"


def convert(published: Path) -> Files:
    files: Files = {}
    for part in ("train", "dev", "test"):
        path = published / f"stsb-en-{part}.csv"
        records = []
        for number, row in enumerate(conversion.read_table(path, COLUMNS, header=False), 1):
            first, second = (one_line(row[name].replace(BROKEN_APOSTROPHE, "'")) for name in COLUMNS[:2])
            try:
                records.append({"sentence1": first, "sentence2": second, "score": float(row["score"])})
            except ValueError:
                raise DatasetError(
                    f'{path}: row {number}: the score is "{row["score"]}"; expected a number') from None
        files[f"{part}/pairs.jsonl"] = records
    return files


def main(arguments: list[str] | None = None) -> int:
    options = conversion.parser(__doc__).parse_args(arguments)
    return conversion.run(lambda: convert(options.published), options.to)


if __name__ == "__main__":
    sys.exit(main())
