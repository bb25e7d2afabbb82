"""The benchmark of the gap scanner does the work it times."""

from __future__ import annotations

import pytest

from daemon.supervisor.benchmark import scanning


def test_every_symbol_is_scanned_and_its_hole_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "SYMBOLS", 2)
    monkeypatch.setattr(scanning, "LAST", scanning.FIRST + 30)

    figures = scanning.scan_figures(1)

    assert (figures["scan_rows"], figures["scan_findings"]) == (2 * (20 * 390 - 60), 2)
    assert figures["scan_again_seconds"] < figures["scan_seconds"]
