"""What a zygote rehearses: a genome, and every word of `ta` once."""

from __future__ import annotations

import pytest

from daemon.domain.genome import program
from daemon.domain.market.indicators.vocabulary import INDICATORS
from daemon.sandbox import rehearsal


def test_every_indicator_is_rehearsed(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    prepared = program.stage

    class Noting:
        def __init__(self, real: object) -> None:
            self._real = real

        def __getattr__(self, name: str) -> object:
            called.append(name)
            return getattr(self._real, name)

    def noting(cache_bytes: int = program.CACHE_BYTES) -> program.Stage:
        place = prepared(cache_bytes)
        place.names["ta"] = Noting(place.names["ta"])
        return place

    monkeypatch.setattr(program, "stage", noting)
    rehearsal.rehearse()

    assert set(called) == set(INDICATORS)
