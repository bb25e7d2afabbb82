"""What is wrong in a configuration across its tables, which no table can see by itself."""

from __future__ import annotations

from daemon.config import Loaded
from daemon.errors import ConfigError, did_you_mean
from daemon.plugin.manager import Plugins, load_plugins
from daemon.supervisor.profiles import friction_errors


def checked_plugins(loaded: Loaded) -> Plugins:
    """The plugins of the configuration; ConfigError for what is wrong in it across tables."""
    table = loaded.settings.plugins
    plugins = load_plugins(table.load, table.block)
    if errors := errors_across(loaded, plugins):
        raise errors[0]
    return plugins


def errors_across(loaded: Loaded, plugins: Plugins) -> list[ConfigError]:
    """An unknown friction profile, wrong tables of plugins, sources that no plugin has."""
    tables = plugins.check_tables(loaded.tables)
    sources = tables or _source_errors(loaded, plugins)
    return loaded.located([*friction_errors(loaded.settings), *sources])


def _source_errors(loaded: Loaded, plugins: Plugins) -> list[ConfigError]:
    """Nothing where a plugin does not tell its sources before it is registered."""
    known = plugins.source_names()
    if known is None:
        return []
    named = {"quality.sources": loaded.settings.quality.sources}
    return [
        ConfigError(key, f'no source is named "{name}"', _hint(name, known))
        for key, names in {**named, **plugins.named_sources(loaded.tables)}.items()
        for name in names
        if name not in known
    ]


def _hint(name: str, known: tuple[str, ...]) -> str:
    return did_you_mean(name, known) or f"known: {', '.join(known)}"
