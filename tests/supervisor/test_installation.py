"""Whether what is imported is what was installed, on distributions in a temporary folder."""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.metadata import Distribution, PathDistribution, distributions
from pathlib import Path

import pytest

from daemon.supervisor import doctor
from daemon.supervisor.installation import altered, imported, misplaced, strangers


def recorded(site: Path, name: str) -> str:
    digest = hashlib.sha256((site / name).read_bytes()).digest()
    return f"{name},sha256={base64.urlsafe_b64encode(digest).rstrip(b'=').decode()},1"


def installed(site: Path, name: str, files: dict[str, str], direct_url: str = "") -> Distribution:
    """Writes the files of a distribution and its metadata, as an installer does."""
    for path, text in files.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(text)
    info = site / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "RECORD").write_text("\n".join(recorded(site, path) for path in files) + "\n")
    if direct_url:
        (info / "direct_url.json").write_text(direct_url)
    return PathDistribution(info)


OURS = {"daemon/__init__.py": "", "daemon/cli/app.py": "app = 1\n", "plugins/__init__.py": ""}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return (tmp_path / "site").resolve()


@pytest.fixture
def ours(site: Path) -> Distribution:
    return installed(site, "nightshift", OURS)


def test_an_untouched_wheel_is_in_its_place_and_unaltered(ours: Distribution, site: Path) -> None:
    folders = {"daemon": site / "daemon", "plugins": site / "plugins"}

    assert misplaced(ours, folders) == []
    assert altered(ours) == []
    assert strangers(distributions(path=[str(site)])) == []


def test_another_distribution_that_overwrites_a_module_is_noticed(
    ours: Distribution, site: Path
) -> None:
    installed(site, "intruder", {"daemon/cli/app.py": "app = 2\n"})

    assert strangers(distributions(path=[str(site)])) == ["intruder"]
    assert altered(ours) == ["daemon/cli/app.py"]


def test_a_module_that_is_gone_or_changed_by_nobody_known_is_noticed(
    ours: Distribution, site: Path
) -> None:
    (site / "plugins" / "__init__.py").write_text("stolen = True\n")
    (site / "daemon" / "cli" / "app.py").unlink()

    assert altered(ours) == ["daemon/cli/app.py", "plugins/__init__.py"]


def test_a_distribution_earlier_on_the_path_is_noticed_by_where_python_imports_from(
    ours: Distribution, site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = tmp_path / "earlier"
    installed(earlier, "intruder", {"plugins/__init__.py": "", "readme.py": ""})
    monkeypatch.delitem(__import__("sys").modules, "plugins", raising=False)
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.syspath_prepend(str(earlier))

    found = imported()

    assert found["plugins"] == (earlier / "plugins").resolve()
    (sentence,) = misplaced(ours, {"daemon": site / "daemon", **{"plugins": found["plugins"]}})
    assert str(earlier / "plugins") in sentence
    assert f"expected {site / 'plugins'}" in sentence


def test_a_package_that_cannot_be_imported_is_misplaced(ours: Distribution, site: Path) -> None:
    assert misplaced(ours, {"daemon": site / "daemon"}) == [
        f"`plugins` is imported from nowhere, expected {site / 'plugins'}"
    ]


def test_an_editable_installation_is_where_it_points_to(tmp_path: Path) -> None:
    checkout, site = (tmp_path / "check out").resolve(), tmp_path / "site"
    url = json.dumps({"url": checkout.as_uri(), "dir_info": {"editable": True}})
    ours = installed(site, "nightshift", {"daemon/data/genomes/seeds/a.py": "a = 1\n"}, url)
    (site / "daemon" / "data" / "genomes" / "seeds" / "a.py").write_text("of an older build\n")

    assert misplaced(ours, {n: checkout / n for n in ("daemon", "plugins")}) == []
    assert altered(ours) == []
    assert len(misplaced(ours, {n: site / n for n in ("daemon", "plugins")})) == 2


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("strangers", "intruder also provides `daemon` or `plugins`; uninstall it"),
        ("misplaced", "is imported from"),
        ("altered", "daemon/cli/app.py: not what was installed"),
    ],
)
def test_doctor_tells_what_is_wrong_and_what_to_do(
    fault: str,
    words: str,
    ours: Distribution,
    site: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folders = {"daemon": site / "daemon", "plugins": site / "plugins"}
    if fault == "strangers":
        installed(site, "intruder", {"daemon/other.py": ""})
    elif fault == "misplaced":
        folders["plugins"] = tmp_path / "plugins"
    else:
        (site / "daemon" / "cli" / "app.py").write_text("app = 2\n")
    monkeypatch.setattr(doctor, "distribution", lambda name: ours)
    monkeypatch.setattr(doctor, "distributions", lambda: distributions(path=[str(site)]))
    monkeypatch.setattr(doctor, "imported", lambda: folders)

    found = doctor._import_names(None)  # type: ignore[arg-type]

    assert found.status == "fail"
    assert words in found.detail
    assert "make setup" in found.detail


def test_doctor_is_content_with_an_untouched_wheel(
    ours: Distribution, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = {"daemon": site / "daemon", "plugins": site / "plugins"}
    monkeypatch.setattr(doctor, "distribution", lambda name: ours)
    monkeypatch.setattr(doctor, "distributions", lambda: distributions(path=[str(site)]))
    monkeypatch.setattr(doctor, "imported", lambda: folders)

    assert doctor._import_names(None).status == "ok"  # type: ignore[arg-type]


def test_this_very_daemon_is_imported_from_where_it_lies(repository: Path) -> None:
    assert imported() == {name: (repository / name).resolve() for name in ("daemon", "plugins")}
