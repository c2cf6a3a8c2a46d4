"""Metrics of ranking, classification and regression, and the paired randomization test."""

import numpy as np
from scipy.stats import pearsonr, spearmanr

SUCCESS = (1, 3, 5, 10, 20)
RANKING = ("MAP", "MRR", *(f"HasPositives@{k}" for k in SUCCESS))
ROUNDS = 10_000


def ranking(ranks: list[int]) -> dict[str, float]:
    """Of one query, from the ascending ranks of all that is relevant. A query without anything relevant
    counts 0, as in SemEval's own scorer."""
    if not ranks:
        return dict.fromkeys(RANKING, 0.0)
    return {"MAP": float(np.mean(np.arange(1, len(ranks) + 1) / ranks)), "MRR": 1 / ranks[0],
            **{f"HasPositives@{k}": float(ranks[0] <= k) for k in SUCCESS}}


def average_precision(cosines: np.ndarray, labels: np.ndarray) -> float:
    hits = labels[np.argsort(-cosines, kind="stable")]
    return float(np.sum(np.cumsum(hits) / np.arange(1, len(hits) + 1) * hits) / hits.sum())


def f1(predicted: np.ndarray, labels: np.ndarray) -> float:
    return float(2 * np.sum(predicted * labels) / (np.sum(predicted) + np.sum(labels)))


def best_threshold(cosines: np.ndarray, labels: np.ndarray) -> float:
    """The one of the cosines from which on F1 is highest."""
    return float(max(np.unique(cosines), key=lambda threshold: f1(cosines >= threshold, labels)))


def regression(cosines: np.ndarray, scores: np.ndarray) -> dict[str, float]:
    return {"Pearson": float(pearsonr(cosines, scores).statistic),
            "Spearman": float(spearmanr(cosines, scores).statistic)}


def randomization(a: np.ndarray, b: np.ndarray) -> float:
    """The share of random exchanges of a and b, query by query, that differ as much (two-sided)."""
    differences, random = a - b, np.random.default_rng(1)
    signs = random.choice([-1, 1], size=(ROUNDS, len(differences)))
    return float((1 + np.sum(np.abs(signs @ differences) >= abs(differences.sum()) - 1e-12)) / (ROUNDS + 1))
