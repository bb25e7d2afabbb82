"""The typed façade around pluggy: loads plugins, calls their hooks one by one, checks the answers.

1. `load_plugins` imports the modules named in daemon.toml, then the entry points of the group
   `nightshift.plugins`, and refuses hooks that do not exist.
2. `check_tables` validates each plugin's table against its `SETTINGS` model.
3. `register` gives each plugin its host and collects the objects it answers, by name.

A plugin that raises is named in `Registry.faults` and the others go on.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import entry_points
from types import ModuleType
from typing import Any

import pluggy
from pydantic import BaseModel

from daemon.config import validated
from daemon.domain.market.supply import SourceOrder
from daemon.errors import ConfigError, PluginError, UsageError, did_you_mean
from daemon.plugin import hookspecs
from daemon.plugin.host import Host
from daemon.plugin.roles import Check, Executor, Messenger, Shift, Source, Swarm
from daemon.settings import Settings

GROUP = "nightshift.plugins"
REGISTERING = {
    "register_sources": ("sources", Source),
    "register_swarms": ("swarms", Swarm),
    "register_executors": ("executors", Executor),
    "register_messengers": ("messengers", Messenger),
    "register_checks": ("checks", Check),
    "register_shifts": ("shifts", Shift),
}


@dataclass
class Registry:
    """What the plugins registered, by name; filled once at start, read ever after."""

    sources: dict[str, Source] = field(default_factory=dict)
    swarms: dict[str, Swarm] = field(default_factory=dict)
    executors: dict[str, Executor] = field(default_factory=dict)
    messengers: dict[str, Messenger] = field(default_factory=dict)
    checks: dict[str, Check] = field(default_factory=dict)
    shifts: dict[str, Shift] = field(default_factory=dict)
    owners: dict[tuple[str, str], str] = field(default_factory=dict)
    faults: list[PluginError] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PluginInfo:
    """A loaded plugin: its name, its module, and the hooks it implements."""

    name: str
    module: str
    hooks: tuple[str, ...]


class Plugins:
    """The loaded plugins, in load order."""

    def __init__(
        self, manager: pluggy.PluginManager, names: Sequence[str], faults: Sequence[PluginError]
    ) -> None:
        self._manager = manager
        self._names = tuple(names)
        self._faults = tuple(faults)

    def infos(self) -> list[PluginInfo]:
        """Each plugin with its hooks."""
        return [
            PluginInfo(name, _module_of(plugin), self._hooks_of(plugin))
            for name, plugin in self._plugins()
        ]

    def check_tables(self, tables: Mapping[str, Any]) -> list[ConfigError]:
        """Every wrong key in the tables of plugins, unknown tables included."""
        models = {n: m for n, p in self._plugins() if (m := getattr(p, "SETTINGS", None))}
        errors = [
            ConfigError(
                name, "unknown table", did_you_mean(name, [*models, *Settings.model_fields])
            )
            for name in tables
            if name not in models
        ]
        for name, model in models.items():
            errors += validated(model, tables.get(name, {}), name)[1]
        return errors

    def effective_tables(self, tables: Mapping[str, Any]) -> dict[str, Any]:
        """The tables of plugins with their defaults filled in."""
        return {
            name: model.model_validate(tables.get(name, {})).model_dump(mode="json")
            for name, model in self._settings_models().items()
        }

    def secret_names(self, name: str) -> tuple[str, ...]:
        """The secrets a plugin asks for by its `SECRETS`."""
        return tuple(getattr(self._manager.get_plugin(name), "SECRETS", ()))

    def changes_results(self, name: str) -> bool:
        """False for a plugin that says by `CHANGES_RESULTS` that none of its settings does."""
        return bool(getattr(self._manager.get_plugin(name), "CHANGES_RESULTS", True))

    def environment_names(self, name: str) -> tuple[str, ...]:
        """The variables without secrets (addresses, regions) a plugin names in `ENVIRONMENT`."""
        return tuple(getattr(self._manager.get_plugin(name), "ENVIRONMENT", ()))

    def source_names(self) -> tuple[str, ...] | None:
        """The sources by the plugins' `SOURCES`; None where one with sources has none such."""
        hooked = self._manager.hook.register_sources.get_hookimpls()
        told = [getattr(implementation.plugin, "SOURCES", None) for implementation in hooked]
        return None if None in told else tuple(name for names in told for name in names or ())

    def named_sources(self, tables: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
        """The sources that good tables of plugins name, by key: `named_sources` of the model."""
        return {
            f"{plugin}.{key}": names
            for plugin, model in self._settings_models().items()
            if hasattr(model, "named_sources")
            for key, names in model.model_validate(tables.get(plugin, {})).named_sources.items()
        }

    def source_order(self, tables: Mapping[str, Any]) -> SourceOrder:
        """The order of the sources by good tables of plugins: `source_order` of the first model
        that has one; an empty one where none has."""
        for plugin, model in self._settings_models().items():
            if hasattr(model, "source_order"):
                order: SourceOrder = model.model_validate(tables.get(plugin, {})).source_order
                return order
        return SourceOrder()

    def register(self, host_of: Callable[[str], Host], registry: Registry) -> None:
        """Calls the registering hooks plugin by plugin; see `Registry.faults` for the culprits."""
        registry.faults += self._faults
        for hook_name, (kind, role) in REGISTERING.items():
            caller = getattr(self._manager.hook, hook_name)
            implementations = {i.plugin_name: i.function for i in caller.get_hookimpls()}
            for name in self._names:
                if name in implementations:
                    _collect(registry, kind, role, name, implementations[name], host_of(name))

    def render_briefing(self, briefing: Any, audience: str) -> str | None:
        """The text of a briefing, from the first plugin that answers."""
        answer: str | None = self._manager.hook.render_briefing(
            briefing=briefing, audience=audience
        )
        return answer

    def _hooks_of(self, plugin: Any) -> tuple[str, ...]:
        return tuple(sorted(caller.name for caller in self._manager.get_hookcallers(plugin) or ()))

    def _settings_models(self) -> dict[str, type[BaseModel]]:
        return {n: p.SETTINGS for n, p in self._plugins() if hasattr(p, "SETTINGS")}

    def _plugins(self) -> list[tuple[str, Any]]:
        return [(name, self._manager.get_plugin(name)) for name in self._names]


def load_plugins(modules: Sequence[str], block: Sequence[str] = ()) -> Plugins:
    """Imports the named modules, then every installed entry point that is not blocked.

    UsageError if a named module is missing; PluginError if one fails at import or implements a
    hook that does not exist. An entry point that does so is left out and named in
    `Registry.faults`: what somebody installed must not stop the daemon.
    """
    manager = pluggy.PluginManager("nightshift")
    manager.add_hookspecs(hookspecs)
    names: list[str] = []
    faults: list[PluginError] = []
    for module in modules:
        name = module.rpartition(".")[2]
        _add(manager, name, partial(importlib.import_module, module))
        names.append(name)
    for entry in sorted(entry_points(group=GROUP), key=lambda e: e.name):
        if entry.name in block or entry.name in names:
            continue
        try:
            _add(manager, entry.name, entry.load)
        except (PluginError, UsageError) as error:
            manager.unregister(name=entry.name)
            faults.append(PluginError(f"{error}; uninstall it or add it to [plugins] block"))
            continue
        names.append(entry.name)
    return Plugins(manager, names, faults)


def _add(manager: pluggy.PluginManager, name: str, load: Callable[[], Any]) -> None:
    try:
        manager.register(load(), name=name)
        manager.check_pending()
    except ModuleNotFoundError as error:
        raise UsageError(
            f'plugin "{name}" cannot be loaded: {error}; mend [plugins] load in daemon.toml'
        ) from error
    except pluggy.PluginValidationError as error:
        raise PluginError(f'plugin "{name}" does not fit the hooks: {error}') from error
    except Exception as error:  # the border to a stranger's code
        raise PluginError(f'plugin "{name}" fails at import: {error!r}') from error


def _module_of(plugin: Any) -> str:
    return plugin.__name__ if isinstance(plugin, ModuleType) else type(plugin).__module__


def _collect(
    registry: Registry,
    kind: str,
    role: type[Any],
    plugin: str,
    function: Callable[..., Any],
    host: Host,
) -> None:
    try:
        objects: list[Any] = list(function(host=host))
    except Exception as error:  # the border to a stranger's code
        registry.faults.append(
            PluginError(f'plugin "{plugin}" failed to register {kind}: {error!r}')
        )
        return
    for item in objects:
        if not isinstance(item, role):
            registry.faults.append(
                PluginError(
                    f'plugin "{plugin}" registered {type(item).__name__} among its {kind}, '
                    f"which lacks {', '.join(_missing(item, role))}"
                )
            )
            continue
        getattr(registry, kind)[item.name] = item
        registry.owners[kind, item.name] = plugin


def _missing(item: object, role: type[Any]) -> list[str]:
    wanted = {name for name in dir(role) if not name.startswith("_")}
    return sorted(name for name in wanted if not hasattr(item, name))
