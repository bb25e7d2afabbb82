"""Tradovate: futures on its demo service."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version

from daemon.plugin import Host, hookimpl
from daemon.plugin.retry import RetryPolicy, Waiting
from daemon.plugin.roles import Source
from daemon.plugin.web import Manners
from plugins.tradovate.session import Patience
from plugins.tradovate.settings import VARIABLES, TradovateSettings
from plugins.tradovate.source import TradovateSource
from plugins.tradovate.tokens import LOGIN_NAMES, TOKEN_NAME, Tokens

SETTINGS = TradovateSettings
CHANGES_RESULTS = False
SOURCES = ("tradovate",)
SECRETS = (TOKEN_NAME, *LOGIN_NAMES.values())
ENVIRONMENT = tuple(VARIABLES)


@hookimpl
def register_sources(host: Host) -> Iterable[Source]:
    """The source "tradovate"; without a login it says so when it is asked."""
    settings = host.settings(TradovateSettings).with_variables(host.environment)
    device = {
        "appId": settings.app_id,
        "appVersion": _version(),
        "deviceId": settings.device_id,
    }
    tokens = Tokens(settings.url, host.secrets, device, host.clock, Manners())
    manners = RetryPolicy(), Waiting(), Patience()
    return [TradovateSource(settings, tokens, host.clock, manners)]


def _version() -> str:
    try:
        return version("nightshift")
    except PackageNotFoundError:
        return "0"
