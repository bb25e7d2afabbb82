"""What every messenger promises, run over the one that ships and the third-party example."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from daemon.domain.briefing.document import as_json
from daemon.domain.evolution.records import BriefingFiles
from daemon.plugin.host import Host
from daemon.plugin.roles import Messenger
from plugins import publisher
from tests.domain.briefing.night_records import briefing
from tests.fakes import fake_host

EXAMPLE = Path(__file__).parents[2] / "docs" / "example_plugin" / "nightshift_weekend_note.py"
CASES = ("publisher", "example")


def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("weekend_note_example", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(params=CASES)
def register(request: pytest.FixtureRequest) -> Callable[[Host], list[Messenger]]:
    module = publisher if request.param == "publisher" else example()
    return module.register_messengers


@pytest.fixture
def messenger(register: Callable[[Host], list[Messenger]], tmp_path: Path) -> Messenger:
    (made,) = register(fake_host(tmp_path))
    return made


@pytest.fixture
def night(tmp_path: Path) -> BriefingFiles:
    page = tmp_path / "night-7.html"
    page.write_text("<p>page</p>")
    return BriefingFiles("night-7", as_json(briefing()), "# Briefing\n", str(page))


def left_behind(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.*")}


def test_it_is_a_messenger_with_a_name(messenger: Messenger) -> None:
    assert isinstance(messenger, Messenger)
    assert messenger.name


async def test_a_briefing_leaves_something_behind(
    messenger: Messenger, night: BriefingFiles, tmp_path: Path
) -> None:
    before = left_behind(tmp_path)

    await messenger.deliver(night)

    assert left_behind(tmp_path) != before


async def test_the_same_briefing_twice_changes_nothing(
    messenger: Messenger, night: BriefingFiles, tmp_path: Path
) -> None:
    await messenger.deliver(night)
    once = left_behind(tmp_path)

    await messenger.deliver(night)

    assert left_behind(tmp_path) == once


async def test_another_messenger_of_the_same_kind_carries_on(
    register: Callable[[Host], list[Messenger]], night: BriefingFiles, tmp_path: Path
) -> None:
    (before,), (after,) = register(fake_host(tmp_path)), register(fake_host(tmp_path))
    await before.deliver(night)
    once = left_behind(tmp_path)

    await after.deliver(night)

    assert left_behind(tmp_path) == once
