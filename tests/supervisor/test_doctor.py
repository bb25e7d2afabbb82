"""The examination of a fresh place, of a used one, and of broken ones."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from daemon.config import Loaded, load_config
from daemon.lake.inventory import Dataset
from daemon.lake.room import Room
from daemon.supervisor import doctor
from daemon.supervisor.doctor import Finding, examine
from daemon.supervisor.lock import state_lock
from daemon.supervisor.places import database_path, open_lake
from daemon.supervisor.pulse import Pulse, write_pulse

EXAMINED = {
    "python",
    "packages",
    "import names",
    "disk",
    "clock",
    "plugins",
    "credentials",
    "lake",
    "database",
    "lock",
    "sandbox",
}


def findings(loaded: Loaded) -> dict[str, Finding]:
    return {finding.name: finding for finding in examine(loaded)[0]}


@pytest.fixture(autouse=True)
def _room_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LOW_DISK_BYTES", 0)
    monkeypatch.setattr(Room, "_near_end", lambda *_: "")


@pytest.fixture(autouse=True)
def _run_from_any_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the packages lie is the matter of test_installation."""
    monkeypatch.setattr(doctor, "misplaced", lambda ours, folders: [])


def test_a_fresh_place_is_fit_and_warns_of_what_is_not_there_yet(
    fresh: Callable[..., Loaded],
) -> None:
    loaded = fresh()
    found, level = examine(loaded)

    status = {finding.name: finding.status for finding in found}
    assert {name for name in status if ": " not in name} == EXAMINED
    assert {name for name, value in status.items() if value != "ok"} == {"lake", "database"}
    assert "fail" not in status.values()
    assert level == "A"
    assert sum(name.startswith("sandbox: ") for name in status) > 20
    assert not database_path(loaded).exists()


def test_a_used_place_is_whole(rested: Loaded) -> None:
    found = findings(rested)

    assert {finding.status for finding in found.values()} == {"ok"}
    assert "4 datasets, newest bar 2023-12-29" in found["lake"].detail
    assert found["database"].detail == "rehearsal.db whole"


def test_both_databases_are_examined_where_there_are_two(used: Loaded) -> None:
    rehearsed = database_path(used)
    real = rehearsed.with_name("nightshift.db")
    for suffix in ("", ".head"):
        shutil.copy(f"{rehearsed}{suffix}", f"{real}{suffix}")
    whole = findings(used)["database"]
    real.write_bytes(b"not a database, but long enough to be read as one" * 50)

    broken = findings(used)["database"]

    assert whole == Finding("database", "ok", "nightshift.db and rehearsal.db whole")
    assert broken.status == "fail"
    assert broken.detail.startswith("nightshift.db: ")
    assert "rehearsal.db" not in broken.detail


def test_a_dividend_to_come_is_no_newest_bar(used: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    announced = Dataset("dividends", "SPY", date(2020, 1, 2), date(2031, 5, 1), 9, 99, 0, False)
    held = (*open_lake(used).inventory(), announced)
    lake = SimpleNamespace(
        inventory=lambda: held,
        symbols=lambda simulated: (),
        unreadable=lambda: (),
        room=open_lake(used).room,
    )
    monkeypatch.setattr(doctor, "open_lake", lambda loaded: lake)

    assert findings(used)["lake"].detail == "5 datasets, newest bar 2023-12-29"
    lake.inventory = lambda: (announced,)
    assert findings(used)["lake"].status == "warn"
    assert findings(used)["lake"].detail.startswith("no bars among its 1 datasets")


def test_a_held_lock_is_said_and_is_no_fault(used: Loaded) -> None:
    with state_lock(used.state):
        assert findings(used)["lock"] == Finding("lock", "ok", "held by a running instance")


def test_a_broken_database_fails_and_the_rest_is_still_examined(used: Loaded) -> None:
    database_path(used).write_bytes(b"not a database, but long enough to be read as one" * 50)

    found = findings(used)

    assert found["database"].status == "fail"
    assert {name for name in found if ": " not in name} == EXAMINED


def test_a_wrong_key_of_the_configuration_fails_the_plugins(fresh: Callable[..., Loaded]) -> None:
    found = findings(fresh("[recruiter]\npool_targt = 3\n"))

    assert found["plugins"].status == "fail"
    assert 'did you mean "pool_target"' in found["plugins"].detail


def test_a_clock_set_back_is_noticed(used: Loaded) -> None:
    write_pulse(used.state, Pulse(datetime.now(UTC) + timedelta(hours=3), {}))

    assert findings(used)["clock"].status == "fail"


def test_little_room_is_a_warning(rested: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LOW_DISK_BYTES", 10**18)

    assert findings(rested)["disk"].status == "warn"


CHECKS = """
from daemon.plugin import hookimpl


class Check:
    def __init__(self, name, answer):
        self.name, self._answer = name, answer

    def run(self):
        return self._answer()


@hookimpl
def register_checks(host):
    return [
        Check("feed", lambda: ("ok", f"{host.plugin} hears it")),
        Check("quota", lambda: ("fail", "used up")),
        Check("broken", lambda: 1 / 0),
        Check("odd", lambda: ("splendid", "x")),
        Check("silent", lambda: None),
        "no check",
    ]
"""


def test_the_checks_of_plugins_are_run_and_what_raises_fails_alone(
    fresh: Callable[..., Loaded], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "vendor_plugin.py").write_text(CHECKS)
    monkeypatch.syspath_prepend(str(tmp_path))
    loaded = fresh('[plugins]\nload = ["plugins.simulated", "vendor_plugin"]\n')

    found = findings(loaded)

    assert found["vendor_plugin feed"] == Finding(
        "vendor_plugin feed", "ok", "vendor_plugin hears it"
    )
    assert found["vendor_plugin quota"].status == "fail"
    for name in ("broken", "odd", "silent"):
        assert found[f"vendor_plugin {name}"].status == "fail"
        assert 'plugin "vendor_plugin"' in found[f"vendor_plugin {name}"].detail
    assert "ZeroDivisionError" in found["vendor_plugin broken"].detail
    assert 'plugin "vendor_plugin" registered str' in found["plugin faults"].detail
    assert set(found) >= EXAMINED
    assert not database_path(loaded).exists()


def test_checks_run_beside_a_place_that_was_used(
    used: Loaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "vendor_plugin.py").write_text(CHECKS)
    monkeypatch.syspath_prepend(str(tmp_path))
    load = '[plugins]\nload = ["plugins.simulated", "vendor_plugin"]\n'
    (used.folder / "daemon.toml").write_text(used.text + load)

    found = findings(load_config(used.folder / "daemon.toml"))

    assert found["vendor_plugin feed"].status == "ok"
    assert found["database"].detail == "rehearsal.db whole"
