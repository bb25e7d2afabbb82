"""How alike trials are: their correlation, their effective number, and clusters of one behaviour.

Counts of trials stand for independent looks only where the trials differ. What is measured here
is reported beside the count (the strict rule keeps counting all of them), and `clusters` is what
a property of a *set* has to run over: a converged population of clones says nothing as a set.
Nothing here looks at how well a trial did. Returns are finite, else a ValueError.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.cluster import hierarchy

from daemon.domain.market.bars import Floats, Ints
from daemon.domain.stats.columns import finite_columns
from daemon.domain.stats.path import STILL
from daemon.domain.stats.sharpe import effective_trials

ALIKE: Final = 0.7
"""Average correlation from which on two groups of trials are one behaviour."""

_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class Clusters:
    """N columns of returns in K clusters of one behaviour.

    labels: int64 (N,) from 0, numbered by their first column. middles: int64 (K,) the column of
    each cluster that is most like the others of it.
    """

    labels: Ints
    middles: Ints


def clusters(returns: Floats, alike: float = ALIKE) -> Clusters:
    """Clusters of the columns of returns (T, N), by average linkage over 1 - correlation.

    No two clusters keep an average correlation of `alike` or more between their columns. Columns
    that never vary are one cluster.
    """
    likeness = correlations(returns)
    count = len(likeness)
    if count < 2:
        return Clusters(np.zeros(count, dtype=np.int64), np.arange(count))
    distances = 1.0 - likeness[np.triu_indices(count, 1)]
    tree = hierarchy.linkage(distances, method="average")
    labels = _by_first_column(hierarchy.fcluster(tree, 1.0 - alike, criterion="distance"))
    members = (np.flatnonzero(labels == k) for k in range(int(labels.max()) + 1))
    middles = [own[np.argmax(likeness[np.ix_(own, own)].sum(axis=0))] for own in members]
    return Clusters(labels, np.array(middles, dtype=np.int64))


def correlations(returns: Floats) -> Floats:
    """Correlations (N, N) of the columns of returns (T, N), rounded to twelve digits.

    A column that never varies has 1 with its like and 0 with all others.
    """
    scores = _standardised(returns)
    idle = ~scores.any(axis=0)
    found = scores.T @ scores / len(scores) + np.outer(idle, idle)
    return np.clip(np.round(found, _DIGITS), -1.0, 1.0)


def average_correlation(returns: Floats) -> float | None:
    """Mean correlation over all pairs of columns that vary; None for fewer than two of them.

    Makes no (N, N) matrix, so that it can be asked of a whole ledger.
    """
    scores = _standardised(returns)
    count = int(np.sum(scores.any(axis=0)))
    if count < 2:
        return None
    every = float(np.sum(scores.sum(axis=1) ** 2)) / len(scores)
    return (every - count) / (count * (count - 1))


def independent_trials(trials: int, returns: Floats) -> float:
    """N_eff: independent trials that N are worth, where any two correlate like the columns (T, N').

    Between 1 and N; N where fewer than two columns vary, or where they are alike less than not.
    """
    likeness = average_correlation(returns) if returns.shape[1] else None
    return effective_trials(trials, min(max(likeness or 0.0, 0.0), 1.0))


def effective_rank(returns: Floats) -> float:
    """Independent directions of N columns (T, N): exp of the entropy of their eigenvalues.

    Roy and Vetterli (2007), over the correlation matrix; 1 for clones, N for unrelated columns of
    a long sample, never above T. 0 where no column varies.
    """
    scores = _standardised(returns)
    wide = scores.shape[1] > scores.shape[0]
    power = np.linalg.eigvalsh(scores @ scores.T if wide else scores.T @ scores)
    total = float(np.sum(power))
    if not total > 0.0:
        return 0.0
    shares = power[power > total * 1e-14] / total
    return math.exp(-float(np.sum(shares * np.log(shares))))


def _standardised(returns: Floats) -> Floats:
    """Columns of mean 0 and deviation 1; zeros where one never varies."""
    centred = finite_columns(returns) - np.mean(returns, axis=0)
    deviation = np.sqrt(np.mean(centred * centred, axis=0))
    varies = deviation > STILL
    scores: Floats = np.where(varies, centred, 0.0) / np.where(varies, deviation, 1.0)
    return scores


def _by_first_column(found: Ints) -> Ints:
    _, first, inverse = np.unique(found, return_index=True, return_inverse=True)
    places = np.argsort(np.argsort(first))
    return np.asarray(places[inverse], dtype=np.int64)
