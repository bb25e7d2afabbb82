"""Evidence for one candidate that may be looked at every day: a bet against its having no edge.

A gambler who believes in the candidate starts with 1 and bets a share of the wealth on each
return. While the expected return, given the past, is at most the hurdle, the wealth is expected
to fall; so whoever stops whenever it suits him sees it reach 1/alpha with probability alpha at
most (Ville 1939), whatever the returns' dependence and volatility. It is fed with sealed data
first and paper trading then, and never starts again.

Bet on the return of period t, known before it: half of the Kelly share that the excess returns
before t suggest, drawn to none while there are few of them, and at most half of what one loss of
the largest size could take:

    l_t = clip(0.5 * sum(x) / sum(x^2) * n / (n + 63), 0, 0.5 / B),    x = r - hurdle
    W_t = product of (1 + l_i x_i)

What makes it valid is that no loss can be larger than B *by construction* (position limit times
worst gap). A return below that, or one that is not finite, fails the candidate for good. The
price of a wide bound is time: with a B of twenty daily deviations a Sharpe ratio of 2 or 3 takes
one and a half to two times as long as with one of eight.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_FEW: Final = 63
_BOLD: Final = 0.5
_KELLY: Final = 0.5
_LARGEST_LOG: Final = 700.0


@dataclass(frozen=True, slots=True)
class EProcess:
    """A bet so far; a value whose fields are enough to go on.

    bound: B > 0, no excess return lies below -B. hurdle: return per period that no edge gives.
    seen: returns bet on. total, squares: sums of x and of its square. log_wealth, log_peak: of
    the wealth now and at its highest. breach: the number (from 1) of the return that broke the
    bound, or None.
    """

    bound: float
    hurdle: float = 0.0
    seen: int = 0
    total: float = 0.0
    squares: float = 0.0
    log_wealth: float = 0.0
    log_peak: float = 0.0
    breach: int | None = None

    def __post_init__(self) -> None:
        if not 0.0 < self.bound < math.inf:
            raise ValueError(f"e-process: expected a positive finite bound, was {self.bound}")

    @property
    def bet(self) -> float:
        """Share of the wealth that the next excess return is multiplied with."""
        return _bet(self.seen, self.total, self.squares, self.bound)

    @property
    def e_value(self) -> float:
        """The wealth now, what `ErrorBudget.judge` takes; 0 after a breach."""
        return 0.0 if self.breach else math.exp(min(self.log_wealth, _LARGEST_LOG))

    @property
    def p_value(self) -> float:
        """1 over the highest wealth so far, valid whenever one looks; 1 after a breach."""
        return 1.0 if self.breach else math.exp(-self.log_peak)

    def extend(self, returns: Iterable[float]) -> EProcess:
        """The process after these returns, each per period and net of costs, in order of time."""
        seen, total, squares, breach = self.seen, self.total, self.squares, self.breach
        wealth, peak = self.log_wealth, self.log_peak
        for each in returns:
            excess = float(each) - self.hurdle
            if breach or not -self.bound <= excess < math.inf:
                breach = seen + 1
                break
            wealth += math.log1p(_bet(seen, total, squares, self.bound) * excess)
            peak = max(peak, wealth)
            seen, total, squares = seen + 1, total + excess, squares + excess * excess
        bets = (seen, total, squares, wealth, peak, breach)
        return EProcess(self.bound, self.hurdle, *bets)


def loss_bound(gross: float, gap: float, hurdle: float) -> float:
    """B: what a period can lose at most beyond the hurdle.

    gross: largest sum of absolute weights that the daemon lets a candidate hold. gap: largest
    loss of a position held in a period, costs included, as a fraction of it.
    """
    return gross * gap + hurdle


def periods_to_evidence(sharpe: float, e_value: float) -> float:
    """Periods that a per-period Sharpe ratio takes on average to reach that e-value at best.

    2 ln(e) / S^2, the growth of a gambler who knows the Kelly share; infinite for S <= 0.
    """
    return 2.0 * math.log(e_value) / (sharpe * sharpe) if sharpe > 0.0 else math.inf


def _bet(seen: int, total: float, squares: float, bound: float) -> float:
    if not (total > 0.0 and squares > 0.0):
        return 0.0
    return min(_KELLY * total / squares * seen / (seen + _FEW), _BOLD / bound)
