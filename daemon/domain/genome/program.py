"""A gated genome made runnable: its code, put on a stage of names and called on a market.

It runs only inside a sandboxed child; nothing here confines it. Runs of one program share a cache
of indicators, so that a grid of parameters computes each window once.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from daemon.domain.genome.answer import as_positions
from daemon.domain.genome.cache import IndicatorCache
from daemon.domain.genome.code import FILE, Code, compiled
from daemon.domain.genome.contract import Kind, Number, bound
from daemon.domain.genome.namespace import BUILTINS, NUMPY, bars_of, panel_of, proxy
from daemon.domain.genome.touch import touch_numpy
from daemon.domain.market.bars import Floats, Market
from daemon.domain.market.indicators.registry import WrongArgument
from daemon.errors import GenomeRefused, Reason

if TYPE_CHECKING:  # a child has no gate
    from daemon.domain.genome.gate import Gated

CACHE_BYTES: Final = 192 << 20

touch_numpy()


@dataclass(frozen=True, slots=True)
class Stage:
    """What one program finds around it: its memory of indicators, and its global names."""

    cache: IndicatorCache
    names: dict[str, Any]


def stage(cache_bytes: int = CACHE_BYTES) -> Stage:
    """A fresh stage, for one program alone; cache_bytes bounds what it remembers of indicators."""
    cache = IndicatorCache(cache_bytes)
    return Stage(cache, names_of(cache))


def load(gated: Gated, prepared: Stage | None = None) -> Program:
    """The program of a gated genome; prepared: a stage on which no other was loaded."""
    return put_on(compiled(gated), prepared or stage())


def put_on(code: Code, place: Stage) -> Program:
    """The program of a genome's code, on a stage on which no other was loaded."""
    exec(code.body(), place.names)
    return Program(code, place.names[code.kind], place.cache)


def names_of(cache: IndicatorCache) -> dict[str, Any]:
    """The global names that a genome finds, and no others."""
    return {"__builtins__": dict(BUILTINS), "np": NUMPY, "ta": proxy("ta", cache.functions())}


class Program:
    """A genome that can be run, again and again, on markets and parameters."""

    __slots__ = ("_cache", "_code", "_function", "_market", "_views")

    def __init__(self, code: Code, function: Callable[..., Any], cache: IndicatorCache) -> None:
        self._code = code
        self._function = function
        self._cache = cache
        self._market: Market | None = None
        self._views: tuple[Any, ...] = ()

    @property
    def kind(self) -> Kind:
        """Which function of the genome is called: `signal` or `rotate`."""
        return self._code.kind

    def positions(
        self, market: Market, params: Mapping[str, Number], out: Floats | None = None
    ) -> Floats:
        """`columns` as float64 (T, N), Fortran order; into `out` where given."""
        if out is None:
            out = np.empty(market.shape, order="F")
        for j, column in enumerate(self.columns(market, params)):
            out[:, j] = column
        return out

    def columns(self, market: Market, params: Mapping[str, Number]) -> Sequence[Floats]:
        """`quiet_columns`, whatever numpy is told to say elsewhere."""
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return self.quiet_columns(market, params)

    def quiet_columns(self, market: Market, params: Mapping[str, Number]) -> Sequence[Floats]:
        """Target positions of each symbol, float64 (T,); they may be views of one another.

        For whoever has silenced numpy. market: as the genome sees it (`Market.adjusted()`); what
        was computed of indicators is kept while this is the same object. params: overrides of the
        defaults, KeyError for an unknown one. GenomeRefused where the genome gives `ta` a wrong
        argument, writes to what is read-only, or answers another shape; any other error that it
        raises passes through. Whether values are finite and within bounds is the caller's to check.
        """
        values = bound(self._code.defaults, params)
        self._look_at(market)
        if self._code.kind == "rotate":
            return tuple(self._run(values, self._views[0], market.shape).T)
        return [self._run(values, view, market.shape[:1]) for view in self._views]

    def _look_at(self, market: Market) -> None:
        if market is self._market:
            return
        rotates = self._code.kind == "rotate"
        self._views = (panel_of(market),) if rotates else bars_of(market)
        self._market = market
        fields = [getattr(view, name) for view in self._views for name in view.__slots__]
        self._cache.begin([field for field in fields if isinstance(field, np.ndarray)])

    def _run(self, values: Mapping[str, Number], view: Any, shape: tuple[int, ...]) -> Floats:
        try:
            answer = self._function(view, dict(values))
        except WrongArgument as error:
            raise _refused("argument", error, str(error)) from error
        except ValueError as error:
            if "read-only" not in str(error):
                raise
            message = "arrays of bars and ta are read-only: write x = x.copy() before changing x"
            raise _refused("read_only", error, message) from error
        return as_positions(answer, shape)


def _refused(code: str, error: Exception, message: str) -> GenomeRefused:
    return GenomeRefused([Reason(code, _line(error.__traceback__), message)])


def _line(traceback: TracebackType | None) -> int:
    line = 0
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == FILE:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line
