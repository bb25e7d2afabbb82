"""What is compiled is named by everything that is compiled in."""

from __future__ import annotations

from typing import Any

from daemon.domain.engine.kernel import run
from daemon.domain.trading import compiled


def test_the_kernel_s_name_on_disk_follows_every_function_it_uses() -> None:
    names = [source.split("'")[1] for source in compiled._sources]

    assert {"run", "work", "guard", "fill_price", "take_effect", "hold"} <= set(names)


def test_a_changed_constant_changes_the_note_of_a_function() -> None:
    def body(value: float) -> float:
        return value * FACTOR

    first = _noted(body, 2.0)
    again = _noted(body, 2.0)
    changed = _noted(body, 3.0)

    assert first == again
    assert first != changed


def test_the_kernel_is_kept_on_disk_under_a_digest() -> None:
    kernel: Any = run

    assert len(kernel._cache._cache_file._index_name.split("-")[-1].split(".")[0]) == 16


FACTOR = 1.0


def _noted(function: Any, factor: float) -> str:
    function.__globals__["FACTOR"] = factor
    compiled._note(function)
    return compiled._sources.pop()
