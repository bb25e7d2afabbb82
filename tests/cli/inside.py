"""The command line inside this process: what a verb prints, and the code it ends with."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from loguru import logger

from daemon.__main__ import main


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Command:
    """Runs verbs with the configuration of a folder."""

    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    config: Path | None = None

    def __call__(self, *words: str) -> Done:
        config = () if self.config is None else ("--config", str(self.config))
        self.monkeypatch.setattr(sys, "argv", ["nightshift", *words, *config])
        self.capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
        finally:
            logger.remove()
        captured = self.capsys.readouterr()
        return Done(code, captured.out, captured.err)


def assert_refused(done: Done, code: int, *words: str) -> None:
    """One sentence on standard error, nothing on standard output, no traceback."""
    assert done.code == code, done.err
    assert "Traceback" not in done.err
    assert done.out == ""
    assert done.err.startswith("nightshift: ")
    assert len(done.err.splitlines()) == 1
    for word in words:
        assert word in done.err
