"""The names a genome finds: proxies for `np` and `ta`, builtins, and the bars it is shown.

Everything is a slot object that holds functions, numbers and read-only arrays; no module is in it.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from daemon.domain.genome import vocabulary as words
from daemon.domain.market.bars import Bools, Floats, Ints, Market
from daemon.domain.market.indicators.registry import WrongArgument


@dataclass(frozen=True, slots=True)
class Bars:
    """One symbol as `signal` sees it: read-only arrays of one value per bar."""

    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    session: Ints
    minute: Ints
    stale: Bools


@dataclass(frozen=True, slots=True)
class Panel:
    """All symbols as `rotate` sees them: (time, symbol) arrays; session and minute per bar."""

    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    session: Ints
    minute: Ints
    stale: Bools
    symbols: tuple[str, ...]


def bars_of(market: Market) -> tuple[Bars, ...]:
    """One Bars for each symbol, as views."""
    session, minute = _read_only(market.axis.session), _read_only(market.axis.minute)
    return tuple(
        Bars(
            open=_read_only(market.open[:, j]),
            high=_read_only(market.high[:, j]),
            low=_read_only(market.low[:, j]),
            close=_read_only(market.close[:, j]),
            volume=_read_only(market.volume[:, j]),
            session=session,
            minute=minute,
            stale=_read_only(market.stale[:, j]),
        )
        for j in range(market.shape[1])
    )


def panel_of(market: Market) -> Panel:
    """The whole market, as views."""
    return Panel(
        open=_read_only(market.open),
        high=_read_only(market.high),
        low=_read_only(market.low),
        close=_read_only(market.close),
        volume=_read_only(market.volume),
        session=_read_only(market.axis.session),
        minute=_read_only(market.axis.minute),
        stale=_read_only(market.stale),
        symbols=market.symbols,
    )


def _read_only(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    view = array.view()
    view.flags.writeable = False
    return view


def proxy(name: str, members: Mapping[str, Any]) -> Any:
    """An object with exactly these attributes and nothing else in it."""
    kind = type(name, (), {"__slots__": tuple(members)})
    made = kind()
    for key, value in members.items():
        setattr(made, key, value)
    return made


def numpy_proxy() -> Any:
    """The `np` of genomes."""
    members = {word: getattr(np, word) for word in words.NUMPY | words.CONSTANTS}
    members |= {"array": _array, "asarray": _array, "empty": _empty, "empty_like": _empty_like}
    members["fft"] = proxy("fft", {word: getattr(np.fft, word) for word in words.FFT})
    return proxy("np", members)


def _array(values: Any, dtype: type | None = None) -> npt.NDArray[Any]:
    array = np.array(values, dtype=dtype)
    if array.dtype.kind not in "bif":
        raise WrongArgument("np.array takes numbers only")
    return array


def _empty(shape: Any, dtype: type = float) -> npt.NDArray[Any]:
    # never uninitialised memory: that would be chance, and a leak
    return np.full(shape, np.nan if dtype is float else 0, dtype=dtype)


def _empty_like(values: Any, dtype: type = float) -> npt.NDArray[Any]:
    return _empty(np.shape(values), dtype)


def _builtins(names: Iterable[str]) -> dict[str, Callable[..., Any]]:
    return {name: getattr(builtins, name) for name in names}


NUMPY: Final = numpy_proxy()
BUILTINS: Final = _builtins(words.BUILTINS)
