"""A memory of indicators within one program: nothing is computed twice on the same arrays.

Only calls on arrays that are known by identity count: the fields of the bars, and results that are
themselves kept. When the room is full nothing more is taken in, so that a grid which walks over
more windows than fit still finds the first ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from daemon.domain.market.indicators.vocabulary import INDICATORS


class IndicatorCache:
    """`ta` functions that remember; every array they answer is read-only."""

    __slots__ = ("_kept", "_known", "_room", "_used")

    def __init__(self, room: int) -> None:
        self._room = room
        self._used = 0
        self._known: dict[int, Any] = {}
        self._kept: dict[tuple[Any, ...], Any] = {}

    def begin(self, fields: list[Any]) -> None:
        """Forgets everything and knows these arrays."""
        self._used = 0
        self._kept.clear()
        self._known = {id(array): array for array in fields}

    def functions(self) -> dict[str, Callable[..., Any]]:
        """The vocabulary, each function with this memory."""
        return {name: self._remembering(name, entry.call) for name, entry in INDICATORS.items()}

    def _remembering(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            key = self._key(name, given, named)
            if key is not None and key in self._kept:
                return self._kept[key]
            answer = _frozen(function(*given, **named))
            if key is not None:
                self._keep(key, answer)
            return answer

        return call

    def _key(self, name: str, given: tuple[Any, ...], named: dict[str, Any]) -> Any:
        parts: list[Any] = [name]
        for value in (*given, *named.values()):
            if isinstance(value, np.ndarray):
                if id(value) not in self._known:
                    return None
                parts.append(id(value))
            elif isinstance(value, bool | int | float | np.number):
                parts.append((type(value), value))
            else:
                return None
        return (*parts, *named)

    def _keep(self, key: tuple[Any, ...], answer: Any) -> None:
        arrays = answer if isinstance(answer, tuple) else (answer,)
        size = sum(array.nbytes for array in arrays)
        if self._used + size <= self._room:
            self._used += size
            self._kept[key] = answer
            self._known.update((id(array), array) for array in arrays)


def _frozen(answer: Any) -> Any:
    for array in answer if isinstance(answer, tuple) else (answer,):
        array.flags.writeable = False
    return answer
