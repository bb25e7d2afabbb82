"""Writes daemon.toml from the settings models, so that no key lacks its default and sentence.

`python tools/write_config.py` rewrites the file; a test fails when it is out of date.
"""

from __future__ import annotations

import enum
import sys
from collections.abc import Iterable
from datetime import date, time
from pathlib import Path
from textwrap import wrap
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from daemon.config import load_config
from daemon.domain.trading.friction import SHIPPED
from daemon.plugin.manager import load_plugins
from daemon.settings import FrictionTable, RetentionTable, Settings

HEADER = """\
# The configuration of Night Shift. Every key is here with its default; a line that starts with
# a # is the default and may be left so. Check it with `nightshift config check`. Secrets never
# stand here: they come from the environment or a .env of mode 0600 beside this file.
"""
TABLES = {
    "daemon": "The daemon itself.",
    "plugins": "What is loaded.",
    "lake": "Where market data is kept.",
    "quality": "How good market data has to be, and how it is mended.",
    "market": "Which market the nights use.",
    "night": "When a night ends, and its seed.",
    "evaluation": "How a genome is judged.",
    "evidence": "Which data is kept from the search, and who is tested on it.",
    "sandbox": "What a genome may use.",
}

RETENTION = """\
How long each kind is kept, in days before its newest one (0: for ever). What is older goes
# after the daily ingestion; real data only, and never by halves of a file."""


def rendered() -> str:
    """The whole file."""
    parts = [HEADER]
    for name, sentence in TABLES.items():
        model = type(getattr(Settings(), name))
        parts.append(f"# {sentence}\n[{name}]\n" + "".join(_keys(model)))
        if name == "lake":
            parts.append(f"# {RETENTION}\n[lake.retention]\n" + "".join(_keys(RetentionTable)))
    parts.append(_universes())
    parts += [_friction(name) for name in SHIPPED]
    for info in load_plugins(Settings().plugins.load).infos():
        module = sys.modules[info.module]
        if hasattr(module, "SETTINGS"):
            parts.append(
                f"# The plugin {info.name}.\n[{info.name}]\n" + "".join(_keys(module.SETTINGS))
            )
    return "\n".join(parts)


def _keys(model: type[BaseModel]) -> Iterable[str]:
    for name, field in model.model_fields.items():
        if isinstance(field.default, BaseModel):
            continue  # a table of its own
        yield from (f"# {line}\n" for line in wrap(_sentence(field), 96))
        default = field.get_default(call_default_factory=True)
        yield f"# {name} = \n" if default is None else f"# {name} = {toml(default)}\n"


def _sentence(field: FieldInfo) -> str:
    text = (field.description or "").rstrip(".")
    assert text, "every key needs a sentence"
    return text[0].upper() + text[1:] + "."


def _universes() -> str:
    lines = [
        "# Lists of tickers that a genome can name in UNIVERSE. An empty default means every",
        "# symbol of the lake.",
        "[universes]",
        *(f"# {name} = {toml(symbols)}" for name, symbols in Settings().universes.items()),
    ]
    return "\n".join(lines) + "\n"


def _friction(name: str) -> str:
    profile = SHIPPED[name]
    lines = [f"# The friction profile {name}.", f"[friction.{name}]"]
    for key, field in FrictionTable.model_fields.items():
        value = getattr(profile, key)
        if key == "spread_bps" and profile.spread_from_quotes:
            value = "quotes"
        if name == "none":
            lines += [f"# {line}" for line in wrap(_sentence(field), 96)]
        if name == "none" or value != field.default:
            lines.append(f"# {key} = {toml(value)}")
    return "\n".join(lines) + "\n"


def toml(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (tuple, list)):
        text = ", ".join(toml(item) for item in value)
        return f"[{text}]"
    if isinstance(value, enum.Enum):
        return toml(value.value)
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, (str, Path)):
        return f'"{value}"'
    return repr(value)


if __name__ == "__main__":
    target = Path(__file__).resolve().parent.parent / "daemon.toml"
    target.write_text(rendered(), encoding="utf-8")
    load_config(target)
