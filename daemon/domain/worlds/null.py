"""Worlds without an edge: whatever is found in them is luck.

Each kind keeps something of real returns and destroys the rest; in every one the sign of the next
session is drawn anew, whatever came before, so that no rule can have a true Sharpe ratio other
than zero before costs.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import numpy as np

from daemon.domain.market.bars import Floats, Ints
from daemon.domain.worlds.garch import garch

MEAN_BLOCK: Final = 20
"""Mean length of a block of the stationary bootstrap, sessions (Politis and Romano 1994)."""

IMPOSSIBLE_Z: Final = 7.0
"""Standard errors by which a Sharpe ratio on a world without an edge cannot lie above zero."""


class NullKind(StrEnum):
    """What a world without an edge keeps of real returns.

    garch: nothing but their known features. bootstrap: stretches of real sessions, signs drawn.
    phase: the spectrum of the size of moves, signs drawn. shuffled: the sizes alone, in any order.
    """

    GARCH = "garch"
    BOOTSTRAP = "bootstrap"
    PHASE = "phase"
    SHUFFLED = "shuffled"


def null_returns(
    kind: NullKind, shape: tuple[int, int], history: Floats, rng: np.random.Generator
) -> Floats:
    """Simple returns a session, float64 `shape`, of mean zero given everything before.

    history: real returns (T, M) that all kinds but garch are made of; its columns are drawn from,
    its rows are used as often as they are needed.
    """
    sessions, symbols = shape
    if kind is NullKind.GARCH:
        return garch(sessions, symbols, rng).returns
    rows = history[:, rng.choice(history.shape[1], symbols, replace=history.shape[1] < symbols)]
    if kind is NullKind.BOOTSTRAP:
        made = rows[_blocks(len(rows), sessions, rng)]
    elif kind is NullKind.PHASE:
        made = _phase_randomised(rows, sessions, rng)
    else:
        made = rows[rng.integers(0, len(rows), sessions)]
    return np.asarray(made * rng.choice((-1.0, 1.0), (sessions, 1)))


def _blocks(available: int, wanted: int, rng: np.random.Generator) -> Ints:
    """Rows of the stationary bootstrap: blocks of geometric length, wrapped at the end."""
    begins = rng.random(wanted) < 1.0 / MEAN_BLOCK
    begins[0] = True
    starts = rng.integers(0, available, wanted)
    first = np.maximum.accumulate(np.where(begins, np.arange(wanted), 0))
    return np.asarray((starts[first] + np.arange(wanted) - first) % available)


def _phase_randomised(rows: Floats, sessions: int, rng: np.random.Generator) -> Floats:
    """Sizes of moves in another order with the same spectrum, on signs of sessions drawn at random.

    The logarithms of the sizes keep their amplitudes in frequency and get random phases, the same
    for every symbol (Theiler et al. 1992); the sizes are then laid out in the order of the result.
    """
    rows = np.resize(rows, (sessions, rows.shape[1]))
    size = np.abs(rows)
    spectrum = np.fft.rfft(np.log(size + 1e-6), axis=0)
    phases = np.exp(2j * np.pi * rng.random((len(spectrum), 1)))
    phases[0] = 1.0
    surrogate = np.fft.irfft(spectrum * phases, n=sessions, axis=0)
    order = np.argsort(np.argsort(surrogate, axis=0, kind="stable"), axis=0, kind="stable")
    together = np.sign(rows)[rng.permutation(sessions)]
    return np.asarray(np.take_along_axis(np.sort(size, axis=0), order, axis=0) * together)
