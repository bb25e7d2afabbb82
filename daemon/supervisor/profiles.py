"""The friction profiles of a configuration: those that ship, and those of daemon.toml over them."""

from __future__ import annotations

from dataclasses import replace

from daemon.domain.trading.friction import SHIPPED, Friction
from daemon.errors import ConfigError, did_you_mean
from daemon.settings import FrictionTable, Settings


def frictions(settings: Settings) -> dict[str, Friction]:
    """The shipped profiles, and those of daemon.toml, which may redefine them."""
    written = {name: _friction(name, table) for name, table in settings.friction.items()}
    return {**SHIPPED, **written}


def effective_frictions(settings: Settings) -> dict[str, dict[str, object]]:
    """Every profile by name, key by key as daemon.toml would write it."""
    return {name: _written(profile) for name, profile in frictions(settings).items()}


def friction_errors(settings: Settings) -> list[ConfigError]:
    """One error where the profile of the nights does not exist."""
    known, name = frictions(settings), settings.evaluation.friction
    if name in known:
        return []
    hint = did_you_mean(name, known) or f"known: {', '.join(known)}"
    return [ConfigError("evaluation.friction", f'no friction profile is named "{name}"', hint)]


def _written(profile: Friction) -> dict[str, object]:
    table = {key: getattr(profile, key) for key in FrictionTable.model_fields}
    return table | ({"spread_bps": "quotes"} if profile.spread_from_quotes else {})


def _friction(name: str, table: FrictionTable) -> Friction:
    """What is written, over the shipped profile of the same name or over no friction at all."""
    values = table.model_dump(exclude_unset=True)
    if "spread_bps" in values:
        values["spread_from_quotes"] = values["spread_bps"] == "quotes"
        if values["spread_from_quotes"]:
            values["spread_bps"] = SHIPPED["retail"].spread_bps
    return replace(SHIPPED.get(name, Friction(name)), **values)
