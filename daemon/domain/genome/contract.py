"""What a genome is, as values: its parameters, protective exits and manifest.

The text is read by `manifest`, judged by `gate` and named by `source`; it runs only in a child.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Number = int | float
Kind = Literal["signal", "rotate"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One entry of PARAMS: a default, and where it may move (a range, choices, or neither)."""

    name: str
    default: Number
    low: Number | None = None
    high: Number | None = None
    choices: tuple[Number, ...] = ()


@dataclass(frozen=True, slots=True)
class Exits:
    """Protective exits that the engine carries out; 0 switches one off.

    stop_atr, target_atr, trail_atr: multiples of the ATR of `atr` bars, taken at the decision.
    stop_pct, target_pct, trail_pct: fractions of the entry price. max_bars: bars held at most.
    session_end: flat two minutes before the session closes (15:58 New York on a full day).
    """

    stop_atr: float = 0.0
    target_atr: float = 0.0
    trail_atr: float = 0.0
    stop_pct: float = 0.0
    target_pct: float = 0.0
    trail_pct: float = 0.0
    atr: int = 14
    max_bars: int = 0
    session_end: bool = False

    @property
    def any(self) -> bool:
        """True if at least one exit is on."""
        atr_levels = self.stop_atr + self.target_atr + self.trail_atr
        pct_levels = self.stop_pct + self.target_pct + self.trail_pct
        return atr_levels + pct_levels > 0 or self.max_bars > 0 or self.session_end


@dataclass(frozen=True, slots=True)
class Manifest:
    """The literal header of a genome, read and checked, never executed.

    idea: first sentence of the docstring. universe: name of a list in daemon.toml ("" the
    default one). warmup: bars that the last row may depend on, within 1e-9.
    """

    idea: str
    kind: Kind
    timeframe: str
    warmup: int
    params: tuple[Parameter, ...] = ()
    universe: str = ""
    context: tuple[str, ...] = ()
    exits: Exits = Exits()

    def defaults(self) -> dict[str, Number]:
        """Parameter values where nothing else is asked for."""
        return {p.name: p.default for p in self.params}

    def bound(self, overrides: Mapping[str, Number]) -> dict[str, Number]:
        """Defaults with overrides; KeyError names a parameter the genome does not have."""
        return bound(self.defaults(), overrides)


def bound(defaults: Mapping[str, Number], overrides: Mapping[str, Number]) -> dict[str, Number]:
    """Defaults with overrides; KeyError names one that has no default."""
    unknown = overrides.keys() - defaults.keys()
    if unknown:
        raise KeyError(min(unknown))
    return {**defaults, **overrides}
