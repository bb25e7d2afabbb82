"""What the measuring commands leave in a document such as docs/evidence.md.

Everything that repeats the run stands there, and nothing of the day it ran on; of the machine only
the processor seconds of the planted benchmark, which say so.
"""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from daemon.cli import planted_view
from daemon.cli.measure_view import WORLD_COLUMNS, sentences, world_rows
from daemon.cli.options import writing
from daemon.cli.walk_view import COLUMNS, SHARPE_COLUMNS, period_rows, sharpe_rows, walk_sentences
from daemon.supervisor.measured.evidence import (
    Section,
    last_of_kind,
    read_document,
    write_section,
)

_WIDTH: Final = 100


def require_place(path: Path | None, kind: str) -> None:
    """Before the work begins: whether its section has a place in the document, if one was named."""
    if path is not None:
        last_of_kind(read_document(path), kind)


def keep(path: Path | None, section: Section) -> None:
    """Puts a section into the document, if one was named."""
    if path is not None:
        with writing(path):
            write_section(path, section)


def command(verb: str, options: Mapping[str, object]) -> str:
    """The command that repeats a run; options without a value are left out."""
    given = [(f"--{n.replace('_', '-')}", _word(v)) for n, v in options.items() if v is not None]
    return shlex.join(["nightshift", *verb.split(), *(word for pair in given for word in pair)])


def tribunal_section(verdict: Mapping[str, Any], asked: str) -> Section:
    """The verdict of a tribunal."""
    made = f"Resampled worlds are made of: {verdict['history']}."
    body = (
        _code(asked),
        _table(WORLD_COLUMNS, world_rows(verdict)),
        _paragraph((made, *sentences(verdict))),
    )
    return Section("tribunal", f"seed={verdict['seed']}", "\n\n".join(body))


def planted_section(found: Mapping[str, Any], asked: str) -> Section:
    """The figures of a planted benchmark; its processor seconds are of the machine it ran on."""
    worlds = f"{found['seeds']} worlds for each arm at z = {found['z']:g}."
    body = [
        _code(asked),
        _table(planted_view.COLUMNS, planted_view.arm_rows(found)),
        _paragraph((worlds, *planted_view.contest_sentences(found))),
    ]
    if found["silence"] is not None:
        body.append(_paragraph(planted_view.silence_sentences(found)))
    body += (
        _table(planted_view.SECONDS_COLUMNS, planted_view.seconds_rows(found)),
        _paragraph(planted_view.seconds_sentences(found)),
    )
    strength = f" z={found['z']:g}" if found["silence"] is None else ""
    name = f"{found['kind']}{strength} seed={found['seed']}"
    return Section("planted", name, "\n\n".join(body))


def walk_section(found: Mapping[str, Any], asked: str) -> Section:
    """The figures of a walk-forward benchmark."""
    sizes = (
        f"{found['symbols']} symbols from {found['first']} to {found['last']}, a campaign of "
        f"{found['evaluations']} trials with selection and one without for each period."
    )
    body = (
        _code(asked),
        _paragraph((sizes,)),
        _table(COLUMNS, period_rows(found)),
        _table(SHARPE_COLUMNS, sharpe_rows(found)),
        _paragraph(walk_sentences(found)),
    )
    name = f"{found['first'][:4]}-{found['last'][:4]} seed={found['seed']}"
    return Section("walkforward", name, "\n\n".join(body))


def _word(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return value.isoformat() if isinstance(value, date) else str(value)


def _code(line: str) -> str:
    return f"    {line}"


def _paragraph(said: Iterable[str]) -> str:
    return textwrap.fill(" ".join(said), _WIDTH, break_long_words=False, break_on_hyphens=False)


def _table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [columns, ["---"] * len(columns), *([_cell(v) for v in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: object) -> str:
    return f"{value:,.2f}".removesuffix(".00") if isinstance(value, float) else str(value)
