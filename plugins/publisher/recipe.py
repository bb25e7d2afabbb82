"""How to compute a night again, as rows for a table of any format."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from daemon.domain.briefing.document import Briefing, content_hash

_WHERE: Final = "Command, in a fresh state with the same daemon.toml and data"
_AFTER: Final = "Command, after the nights before it"
Mark = Callable[[str], str]


def recipe_rows(briefing: Briefing, plain: Mark, code: Mark) -> list[tuple[str, str]]:
    """(what, value); plain and code: how the format writes words, and text to be copied."""
    recipe = briefing.recipe
    return [
        (_WHERE if recipe.fresh else _AFTER, code(recipe.command)),
        ("Hash of the settings", code(recipe.settings_hash)),
        *((plain(f"Hash of the market, {m.name}"), code(m.hash)) for m in recipe.markets),
        ("Friction", plain(recipe.friction)),
        ("Sandbox level", plain(recipe.sandbox)),
        ("Hash of this document", code(content_hash(briefing))),
    ]
