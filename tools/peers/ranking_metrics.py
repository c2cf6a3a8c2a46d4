"""Are rankings judged as fast as ranx does it after its compilation?

Writes a random run of 10,000 queries with 1,000 results each and judgements of 5 documents a query, in
TREC's formats, and has both judge them by the metrics that both know at six cutoffs. Prints how long it
takes to read the files and how long to judge what is in memory, and the largest difference of a mean.

    python3 tools/peers/ranking_metrics.py

Exits with 1 when Kotae is slower or a mean differs by more than 1e-9. Needs: pip install ranx==0.3.21.
About 400 MB of temporary files. KOTAE: see kotae.py.
"""

import json
import random
import sys
import tempfile
import time
from pathlib import Path

import ranx

import kotae

QUERIES, RESULTS, JUDGED, ROUNDS = 10_000, 1_000, 5, 5
CUTS = (1, 3, 5, 10, 20, 100)
NAMES = {"MAP": "map", "MRR": "mrr", "nDCG": "ndcg", "nDCG-exp": "ndcg_burges", "R-precision": "r-precision"}
NAMES |= {f"{ours}@{k}": f"{theirs}@{k}" for k in CUTS for ours, theirs in [
    ("MAP", "map"), ("MRR", "mrr"), ("P", "precision"), ("recall", "recall"), ("HasPositives", "hit_rate"),
    ("nDCG", "ndcg"), ("nDCG-exp", "ndcg_burges")]}


def write(folder: Path) -> None:
    rng = random.Random(1)
    with (folder / "run").open("w") as run, (folder / "qrels").open("w") as qrels:
        for query in range(QUERIES):
            documents = rng.sample(range(100_000), RESULTS + JUDGED)
            found = documents[:RESULTS]
            for rank, document in enumerate(found):
                run.write(f"q{query} Q0 d{document} {rank + 1} {1 - rank / 2048} random\n")
            for document in rng.sample(found[:50] + documents[RESULTS:], JUDGED):
                qrels.write(f"q{query} 0 d{document} {rng.randint(1, 3)}\n")


def main() -> int:
    print(kotae.versions("ranx"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder)
        command = ["bench", "evaluate", "--run", folder / "run", "--qrels", folder / "qrels", "--json"]
        ours = json.loads(kotae.run(*command, *(part for metric in NAMES for part in ("--metric", metric))))
        start = time.perf_counter()
        run = ranx.Run.from_file(str(folder / "run"), kind="trec")
        qrels = ranx.Qrels.from_file(str(folder / "qrels"), kind="trec")
        read = 1000 * (time.perf_counter() - start)
        metrics = list(NAMES.values())
        found = ranx.evaluate(qrels, run, metrics)  # Compiles.
        judged = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            ranx.evaluate(qrels, run, metrics)
            judged.append(1000 * (time.perf_counter() - start))
        # Without ranx's conversion of what it has in memory to what its functions take.
        lists = qrels.to_typed_list(), run.to_typed_list()
        core = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            ranx.evaluate(*lists, metrics)
            core.append(1000 * (time.perf_counter() - start))
    difference = max(abs(ours["metrics"][metric] - found[theirs]) for metric, theirs in NAMES.items())
    print(f"{len(NAMES)} metrics of {QUERIES:,} queries with {RESULTS:,} results, ms")
    print(f"  read          Kotae {ours['read_ms']:8.0f}   ranx {read:8.0f}")
    print(f"  judge         Kotae {ours['judge_ms']:8.1f}   ranx {min(judged):8.1f}, its metrics alone {min(core):.1f}")
    print(f"  largest difference of a mean {difference:.1e}")
    return int(ours["judge_ms"] > min(core) or difference > 1e-9)


if __name__ == "__main__":
    sys.exit(main())
