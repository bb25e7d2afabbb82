"""Loading plugins, checking their tables, and containing those that fail."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from daemon.errors import PluginError, UsageError
from daemon.plugin import hookimpl
from daemon.plugin.manager import Plugins, Registry, load_plugins


class Plain(BaseModel):
    model_config = ConfigDict(extra="forbid")

    colour: str = "blue"


class GoodSwarm:
    name = "good"
    operators = ("any",)

    async def submit(self, mutations: Any) -> str:
        return ""

    async def collect(self, mutations: Any) -> list[Any]:
        return []

    async def cancel(self, mutations: Any) -> None:
        return None

    def cost(self, mutations: Any) -> float:
        return 0.0


@pytest.fixture
def module() -> Iterator[Any]:
    """Makes throw-away plugin modules."""
    made: list[str] = []

    def make(name: str, **attributes: Any) -> str:
        item = ModuleType(name)
        for key, value in attributes.items():
            setattr(item, key, value)
        sys.modules[name] = item
        made.append(name)
        return name

    yield make
    for name in made:
        del sys.modules[name]


def hook(function: Any) -> Any:
    return hookimpl(function)


def registered(plugins: Plugins) -> Registry:
    registry = Registry()
    plugins.register(lambda name: None, registry)  # type: ignore[arg-type, return-value]
    return registry


def test_what_a_plugin_registers_is_found_by_name(module: Any) -> None:
    @hookimpl
    def register_swarms(host: Any) -> list[Any]:
        return [GoodSwarm()]

    plugins = load_plugins([module("good_plugin", register_swarms=register_swarms)])

    registry = registered(plugins)

    assert list(registry.swarms) == ["good"]
    assert registry.owners["swarms", "good"] == "good_plugin"


def test_a_plugin_names_the_secrets_and_the_plain_variables_it_wants(module: Any) -> None:
    wants = module("wants", SECRETS=("A_KEY",), ENVIRONMENT=("A_URL",))

    plugins = load_plugins([wants, module("wants_nothing")])

    assert plugins.secret_names("wants") == ("A_KEY",)
    assert plugins.environment_names("wants") == ("A_URL",)
    assert plugins.environment_names("wants_nothing") == ()


def test_one_failing_plugin_does_not_stop_the_others(module: Any) -> None:
    @hookimpl
    def register_swarms(host: Any) -> list[Any]:
        raise RuntimeError("boom")

    bad = module("bad_plugin", register_swarms=register_swarms)

    @hookimpl(specname="register_swarms")
    def fine(host: Any) -> list[Any]:
        return [GoodSwarm()]

    good = module("fine_plugin", fine=fine)

    registry = registered(load_plugins([bad, good]))

    assert list(registry.swarms) == ["good"]
    assert "bad_plugin" in str(registry.faults[0])


def test_an_object_that_lacks_a_method_is_refused_by_name(module: Any) -> None:
    @hookimpl
    def register_swarms(host: Any) -> list[Any]:
        return [object()]

    registry = registered(load_plugins([module("empty", register_swarms=register_swarms)]))

    assert "collect" in str(registry.faults[0])
    assert not registry.swarms


def test_the_later_of_two_with_one_name_wins(module: Any) -> None:
    first, second = GoodSwarm(), GoodSwarm()

    @hookimpl(specname="register_swarms")
    def one(host: Any) -> list[Any]:
        return [first]

    @hookimpl(specname="register_swarms")
    def two(host: Any) -> list[Any]:
        return [second]

    registry = registered(load_plugins([module("one", one=one), module("two", two=two)]))

    assert registry.swarms["good"] is second


def test_a_hook_that_does_not_exist_is_an_error(module: Any) -> None:
    @hookimpl
    def register_swarmz(host: Any) -> list[Any]:
        return []

    with pytest.raises(PluginError, match="does not fit the hooks"):
        load_plugins([module("typo", register_swarmz=register_swarmz)])


def test_an_installed_plugin_that_fails_is_left_out_and_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Broken:
        name = "broken"

        def load(self) -> Any:
            raise ImportError("no such thing")

    monkeypatch.setattr("daemon.plugin.manager.entry_points", lambda group: [Broken()])

    plugins = load_plugins([])

    assert plugins.infos() == []
    assert "broken" in str(registered(plugins).faults[0])
    assert "[plugins] block" in str(registered(plugins).faults[0])


def test_a_missing_module_says_where_to_mend_it() -> None:
    with pytest.raises(UsageError, match=r"daemon\.toml"):
        load_plugins(["plugins.no_such_plugin"])


def test_an_unknown_key_in_a_plugin_table_has_a_suggestion(module: Any) -> None:
    plugins = load_plugins([module("painter", SETTINGS=Plain)])

    errors = plugins.check_tables({"painter": {"color": "red"}, "paintr": {}})

    assert {str(error) for error in errors} == {
        'painter.color: unknown key; did you mean "colour"?',
        'paintr: unknown table; did you mean "painter"?',
    }
