"""Pairs of Japanese captions with a similarity from 0 to 5 (JSTS of JGLUE 1.3).

PUBLISHED_FOLDER is datasets/jsts-v1.3 of https://github.com/yahoojapan/JGLUE (commit
6f071c09316baae89c3d083a90985b4b1cb9968c). "This work is licensed under a Creative Commons
Attribution-ShareAlike 4.0 International License."

train and valid come out; the published test part is left unseen.
"""

import sys
from pathlib import Path

import conversion
from conversion import Files, one_line

TYPES = {"sentence1": str, "sentence2": str, "label": float, "sentence_pair_id": str, "yjcaptions_id": str}


def convert(published: Path) -> Files:
    return {f"{part}/pairs.jsonl": [
        {"sentence1": one_line(record["sentence1"]), "sentence2": one_line(record["sentence2"]),
         "score": record["label"], "id": record["sentence_pair_id"], "yjcaptions_id": record["yjcaptions_id"]}
        for record in conversion.read_json_lines(published / f"{part}-v1.3.json", TYPES)]
        for part in ("train", "valid")}


def main(arguments: list[str] | None = None) -> int:
    options = conversion.parser(__doc__).parse_args(arguments)
    return conversion.run(lambda: convert(options.published), options.to)


if __name__ == "__main__":
    sys.exit(main())
