"""What plugins say of themselves before they are registered, against what they register."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import pytest

from daemon.plugin.roles import Listing, Source, Watching
from daemon.settings import PluginsTable
from tests.fakes import fake_host

MODULES = [importlib.import_module(name) for name in PluginsTable().load]
WITH_SOURCES = [one for one in MODULES if hasattr(one, "register_sources")]


def registered(module: ModuleType, folder: Path) -> list[Source]:
    return list(module.register_sources(fake_host(folder)))


@pytest.mark.parametrize("module", WITH_SOURCES, ids=lambda module: module.__name__)
def test_the_sources_named_beforehand_are_those_that_are_registered(
    module: ModuleType, tmp_path: Path
) -> None:
    assert tuple(one.name for one in registered(module, tmp_path)) == module.SOURCES


def test_every_shipped_source_is_among_them() -> None:
    names = {name for module in WITH_SOURCES for name in module.SOURCES}

    assert names == {"files", "massive", "alpaca", "tradovate", "simulated"}
    assert not [one for one in MODULES if hasattr(one, "SOURCES") and one not in WITH_SOURCES]


@pytest.mark.parametrize("module", WITH_SOURCES, ids=lambda module: module.__name__)
def test_a_source_of_listings_tells_them_and_one_that_watches_can_do_all_of_it(
    module: ModuleType, tmp_path: Path
) -> None:
    for source in registered(module, tmp_path):
        assert isinstance(source, Listing) == ("listings" in source.kinds)
        assert isinstance(source, Watching) == hasattr(source, "market_status")
