"""The door to TA-Lib: its functions on float64 columns, without the libraries it would drag in.

TA-Lib's wrapper imports pandas and polars where they are installed (300 ms, 100 MB, threads). They
are hidden while it loads; nothing here needs them.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Final

from daemon.domain.market.bars import Floats

_UNWANTED: Final = ("pandas", "polars")


@contextmanager
def _hidden(names: tuple[str, ...]) -> Iterator[None]:
    absent = [name for name in names if name not in sys.modules]
    modules: dict[str, ModuleType | None] = sys.modules  # type: ignore[assignment]
    for name in absent:
        modules[name] = None  # an import of it now raises ModuleNotFoundError
    try:
        yield
    finally:
        for name in absent:
            del modules[name]


with _hidden(_UNWANTED):
    _talib = importlib.import_module("talib")


def talib(name: str) -> Callable[..., Floats]:
    """The TA-Lib function of that name, without its wrapper for data frames."""
    function = getattr(_talib, name)
    plain: Callable[..., Floats] = getattr(function, "__wrapped__", function)
    return plain
