"""Tweets to the claims that Snopes has checked ("That is a Known Lie", Shaar et al., ACL 2020).

PUBLISHED_FOLDER is data/snopes of https://github.com/sshaar/That-is-a-Known-Lie (commit
df2d28c75aeedfb96dc010ef335a73e3dc8dc767), which states no licence; the authors' sister repository
clef2020-factchecking-task2 says "These data sets are free for general research use."

The published pairs have no split. Rows up to the 800th are train and the rest test, as in the notebook of
the paper on batch-softmax contrastive loss (aschern/BSC-loss, examples/PFCC-S.ipynb); no claim is on both
sides.
"""

import re
import sys
from pathlib import Path

import conversion
from conversion import DatasetError, Files, judgements, one_line

TRAIN_ROWS = 800


def folded(text: str) -> str:
    """Without case and punctuation. Claims stand in the corpus twice that differ in quotation marks only,
    and a tweet is answered by every copy."""
    return " ".join(re.findall(r"\w+", text.lower()))


def convert(published: Path) -> Files:
    claims = conversion.read_table(published / "verified-claims.tsv", ["title", "fact"], delimiter="\t")
    path = published / "fact-checking" / "tweet-veclaim-pairs.tsv"
    pairs = conversion.read_table(path, ["claim", "fact"], delimiter="\t")
    if len(pairs) <= TRAIN_ROWS:
        raise DatasetError(f"{path}: {len(pairs)} pairs; expected {TRAIN_ROWS} for train and more for test")

    files: Files = {"corpus.jsonl": []}
    copies: dict[str, list[str]] = {}
    for number, claim in enumerate(claims):
        document, fact = f"vc{number:05}", one_line(claim["fact"])
        files["corpus.jsonl"].append({"id": document, "text": fact, "title": one_line(claim["title"])})
        copies.setdefault(folded(fact), []).append(document)
    for number, pair in enumerate(pairs):
        part = "train" if number < TRAIN_ROWS else "test"
        query, tweet, fact = f"tw{number:04}", one_line(pair["claim"]), one_line(pair["fact"])
        documents = copies.get(folded(fact))
        if not documents:
            raise DatasetError(f'{path}: pair {number + 1}: verified-claims.tsv has no claim "{fact}"')
        files.setdefault(f"{part}/queries.jsonl", []).append({"id": query, "text": tweet})
        files.setdefault(f"{part}/qrels.tsv", []).extend(judgements(query, documents))
        files.setdefault(f"{part}/pairs.jsonl", []).append(
            {"query": tweet, "positive": fact, "qid": query, "docid": documents[0]})
    return files


def main(arguments: list[str] | None = None) -> int:
    options = conversion.parser(__doc__).parse_args(arguments)
    return conversion.run(lambda: convert(options.published), options.to)


if __name__ == "__main__":
    sys.exit(main())
