"""Alpaca: US stocks by REST."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from daemon.plugin import Host, hookimpl
from daemon.plugin.roles import Source
from daemon.plugin.web import Manners
from plugins.alpaca.data import KEY_NAMES, SECRET_NAMES, AlpacaData
from plugins.alpaca.settings import VARIABLES, AlpacaSettings
from plugins.alpaca.source import AlpacaSource

SETTINGS = AlpacaSettings
CHANGES_RESULTS = False
SOURCES = ("alpaca",)
SECRETS = (*KEY_NAMES, *SECRET_NAMES)
ENVIRONMENT = tuple(VARIABLES)


@hookimpl
def register_sources(host: Host) -> Iterable[Source]:
    """The source "alpaca"; without a key it says so when it is asked."""
    settings = host.settings(AlpacaSettings).with_variables(host.environment)
    data = AlpacaData(
        settings.data_url, _keys(host), host.clock, Manners(), settings.calls_per_minute
    )
    return [AlpacaSource(settings, data, host.clock)]


def _keys(host: Host) -> Mapping[str, str]:
    headers = {"APCA-API-KEY-ID": KEY_NAMES, "APCA-API-SECRET-KEY": SECRET_NAMES}
    found = {
        header: next((host.secrets[name].reveal() for name in names if name in host.secrets), "")
        for header, names in headers.items()
    }
    return found if all(found.values()) else {}
