"""Prints the tables of what quality.py measured, from its results.

    python tools/peers/quality_table.py [RESULTS ...] [--pool SET=ROW ...]

Without a name, of the results behind the README's tables, quality.jsonl beside this script. Mean and standard deviation over seeds. p is that of a paired randomization test against the base model
in reciprocal rank, on the means over seeds (10,000 exchanges, two-sided). Below the tables, each row
that all rankings have, and each combination `--pool` names as SET=ROW, is tested over the pooled
queries of all rankings.
"""

import argparse
from pathlib import Path

import numpy as np

import kotae
import quality
import quality_data
from quality_data import NAMES, RANKED
from quality_metrics import ranking, randomization

# For each data set and row, each metric's values a seed: one number, or one a query.
Results = dict[str, dict[str, dict[str, list]]]


def load(paths: list[Path]) -> Results:
    found: Results = {}
    for path in paths:
        for line in kotae.read_jsonl(path.read_bytes()):
            row = found.setdefault(line["set"], {}).setdefault(line["row"], {})
            for metric, value in metrics(line["values"]).items():
                row.setdefault(metric, []).append(value)
    return found


def metrics(values: dict) -> dict[str, object]:
    if "ranks" not in values:
        return values
    queries = [ranking(ranks) for ranks in values["ranks"]]
    return {name: [query[name] for query in queries] for name in queries[0]}


def cell(values: list) -> str:
    means = [float(np.mean(value)) for value in values]
    return f"{np.mean(means):.3f}" + (f" ± {np.std(means, ddof=1):.3f}" if len(means) > 1 else "")


def reciprocal_ranks(row: dict[str, list]) -> np.ndarray:
    return np.mean(row["MRR"], axis=0)


def print_table(name: str, rows: dict[str, dict[str, list]]) -> None:
    names = list(next(iter(rows.values())))
    ranked = name in RANKED and "base" in rows
    print(f"\n| {name} | seeds | {' | '.join(names)} |{' p |' if ranked else ''}")
    print(f"|---|---:|{'---:|' * (len(names) + ranked)}")
    for row, values in rows.items():
        cells = [row, str(len(values[names[0]])), *(cell(values[metric]) for metric in names)]
        if ranked:
            cells.append("" if row == "base" else
                         f"{randomization(reciprocal_ranks(values), reciprocal_ranks(rows['base'])):.4f}")
        print(f"| {' | '.join(cells)} |")


def print_parts(rows: dict[str, dict[str, list]]) -> None:
    """The sample's questions on entries that have pairs to learn from, and on the others."""
    task = quality_data.sample(Path())
    learned = {pair["positive"] for pair in task.train if pair["label"] == 1}
    ids = {document.id for document in task.corpus if document.texts[0] in learned}
    is_learned = np.array([bool(query.relevant & ids) for query in task.queries])
    print(f"\n| sample | MRR, {is_learned.sum()} on entries learned | MRR, {(~is_learned).sum()} on entries never seen |")
    print("|---|---:|---:|")
    for row, values in rows.items():
        seeds = [np.array(seed) for seed in values["MRR"]]
        print(f"| {row} | {cell([seed[is_learned] for seed in seeds])} | {cell([seed[~is_learned] for seed in seeds])} |")


def print_pooled(results: Results, chosen: dict[str, str], label: str) -> None:
    tuned = np.concatenate([reciprocal_ranks(results[name][row]) for name, row in chosen.items()])
    base = np.concatenate([reciprocal_ranks(results[name]["base"]) for name in chosen])
    print(f"| {label} | {len(base)} | {base.mean():.3f} | {tuned.mean():.3f} "
          f"| {randomization(tuned, base):.4f} |")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("results", nargs="*", type=Path, default=[quality.RESULTS])
    parser.add_argument("--pool", nargs="+", default=[], metavar="SET=ROW")
    options = parser.parse_args()
    results = load(options.results)
    for name in NAMES:
        if name in results:
            print_table(name, results[name])
    if "sample" in results:
        print_parts(results["sample"])
    ranked = [name for name in RANKED if "base" in results.get(name, {})]
    rows = [row for row in results[ranked[0]] if row != "base"] if ranked else []
    common = [row for row in rows if all(row in results[name] for name in ranked)]
    print(f"\n| {' + '.join(ranked)} | queries | MRR, base | MRR, trained | p |\n|---|---:|---:|---:|---:|")
    for row in common:
        print_pooled(results, dict.fromkeys(ranked, row), row)
    if options.pool:
        print_pooled(results, dict(pair.split("=", 1) for pair in options.pool), ", ".join(options.pool))


if __name__ == "__main__":
    main()
