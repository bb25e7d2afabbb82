"""The hash of the settings: it knows what changes results, and only that."""

from __future__ import annotations

from pathlib import Path

import pytest

from daemon.config import Loaded, load_config
from tests.supervisor.conftest import hash_of


def of_text(folder: Path, text: str) -> str:
    return hash_of(load_of(folder, text))


def load_of(folder: Path, text: str) -> Loaded:
    path = folder / "daemon.toml"
    path.write_text(text, encoding="utf-8")
    return load_config(path)


def test_the_hash_knows_what_changes_results_and_only_that(tmp_path: Path) -> None:
    plain = load_config(None, tmp_path)
    elsewhere = load_config(None, tmp_path / "other")
    faster = plain.with_overrides({"executor.workers": 7, "executor.interval_s": 5.0})
    stricter = plain.with_overrides({"executor.threshold": 0.9})

    assert hash_of(elsewhere) == hash_of(plain)
    assert hash_of(faster) == hash_of(plain)
    assert hash_of(stricter) != hash_of(plain)


@pytest.mark.parametrize(
    ("default", "other"),
    [
        ("[recruiter]\nparents = 8\n", "[recruiter]\nparents = 6\n"),
        ("[simulated]\nseed = 1\nyears = 8\n", "[simulated]\nseed = 7\nyears = 8\n"),
        ("[friction.retail]\nslippage_bps = 1.0\n", "[friction.retail]\nslippage_bps = 0.0\n"),
        ("[friction.retail]\n", "[friction.mine]\nspread_bps = 3\n"),
        ("[evaluation]\ncapital = 100000\n", "[evaluation]\ncapital = 5000\n"),
    ],
)
def test_a_default_that_is_written_out_changes_nothing_and_another_value_does(
    default: str, other: str, tmp_path: Path
) -> None:
    plain = of_text(tmp_path, "")

    assert of_text(tmp_path, default) == plain
    assert of_text(tmp_path, other) != plain


def test_a_number_is_the_same_however_it_is_written(tmp_path: Path) -> None:
    whole = of_text(tmp_path, "[executor]\nthreshold = 1\n")

    assert of_text(tmp_path, "[executor]\nthreshold = 1.0\n") == whole


def test_the_file_as_it_ships_has_the_hash_of_no_file(repository: Path) -> None:
    assert hash_of(load_config(repository / "daemon.toml")) == hash_of(load_config(None))


@pytest.mark.parametrize(
    "text",
    [
        "[massive]\ndownloads = 8\n",
        '[ingestion]\nwatch = ["SPY"]\nlive = true\n',
        "[alpaca]\nsymbols_per_call = 7\n",
        "[publisher]\ntop = 3\n",
    ],
)
def test_where_data_comes_from_and_how_it_is_told_changes_no_result(
    text: str, tmp_path: Path
) -> None:
    assert of_text(tmp_path, text) == of_text(tmp_path, "")
