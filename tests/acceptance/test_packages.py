"""What is installed from a wheel: the seeds, a third-party plugin, and the alarm for a stranger."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

BUILD = (sys.executable, "-m", "uv", "build", "--wheel", "--no-build-isolation", "--offline", "-q")


def built(source: Path, into: Path) -> Path:
    subprocess.run([*BUILD, "--out-dir", str(into), str(source)], check=True, capture_output=True)
    return next(into.glob("*.whl"))


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(repository, tmp_path_factory.mktemp("dist"))


def nightshift(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command with a folder of unpacked wheels on the path; -P keeps the checkout out."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "daemon", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def unpacked(wheel: Path, folder: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)


def test_the_wheel_carries_seeds_configuration_and_migrations(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    assert "daemon/data/genomes/seeds/rsi_pullback.py" in names
    assert "daemon/data/daemon.toml" in names
    assert any(name.startswith("daemon/store/migrations/versions/") for name in names)
    assert any(name.startswith("daemon/data/assets/echarts/") for name in names)
    assert "plugins/publisher/page.css" in names


def test_init_from_a_wheel_gives_a_folder_that_works(wheel: Path, tmp_path: Path) -> None:
    unpacked(wheel, tmp_path / "site")

    made = nightshift(tmp_path / "site", "init", str(tmp_path / "mine"))
    checked = nightshift(
        tmp_path / "site", "config", "check", "--config", str(tmp_path / "mine" / "daemon.toml")
    )

    assert made.returncode == 0, made.stderr
    assert checked.returncode == 0, checked.stdout
    assert (tmp_path / "mine" / "genomes" / "seeds" / "rsi_pullback.py").is_file()


def test_a_third_party_plugin_is_loaded_by_its_entry_point(
    repository: Path, wheel: Path, tmp_path: Path
) -> None:
    unpacked(wheel, tmp_path / "site")
    unpacked(built(repository / "docs" / "example_plugin", tmp_path / "dist"), tmp_path / "site")

    listed = nightshift(tmp_path / "site", "plugins", "--json")
    ran = nightshift(tmp_path / "site", "config", "show", "--json")

    assert listed.returncode == 0, listed.stderr
    found = {row["name"]: row for row in json.loads(listed.stdout)}
    assert found["weekend_note"]["hooks"] == ["register_messengers", "register_shifts"]
    assert {"key": "weekend_note.at", "value": "09:00:00", "origin": "default"} in json.loads(
        ran.stdout
    )


def test_the_plugin_guide_quotes_the_example_as_it_is(repository: Path) -> None:
    guide = (repository / "plugins" / "README.md").read_text()
    example = repository / "docs" / "example_plugin"
    code = (example / "nightshift_weekend_note.py").read_text()
    blocks = [block.split("\n", 2)[2] for block in guide.split("```")[1::2]]

    assert blocks[0].strip() in (example / "pyproject.toml").read_text()
    assert blocks[1].strip() in code
    assert blocks[2].strip() in code


def test_doctor_notices_a_stranger_that_provides_our_import_names(
    wheel: Path, tmp_path: Path
) -> None:
    unpacked(wheel, tmp_path / "site")
    stranger = tmp_path / "site" / "intruder-1.0.dist-info"
    stranger.mkdir()
    (stranger / "METADATA").write_text("Metadata-Version: 2.1\nName: intruder\nVersion: 1.0\n")
    (stranger / "RECORD").write_text("daemon/__main__.py,,\n")

    done = nightshift(tmp_path / "site", "doctor", "--json", "--state", str(tmp_path / "state"))

    findings = {row["name"]: row for row in json.loads(done.stdout)["checks"]}
    assert done.returncode == 1
    assert findings["import names"]["status"] == "fail"
    assert "intruder" in findings["import names"]["detail"]
