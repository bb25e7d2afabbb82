"""daemon.toml: defaults, files, environment, overrides, and every kind of typo."""

from __future__ import annotations

from pathlib import Path

import pytest

from daemon.config import find_config, load_config, read_config
from daemon.errors import ConfigError, UsageError


def written(folder: Path, text: str) -> Path:
    path = folder / "daemon.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    loaded = load_config(None, tmp_path)

    assert loaded.settings.night.evaluations == 500
    assert loaded.state == tmp_path


def test_paths_in_the_file_are_relative_to_it(tmp_path: Path) -> None:
    path = written(tmp_path, '[lake]\npath = "data"\n')

    assert load_config(path).lake == tmp_path / "data"


@pytest.mark.parametrize(
    ("text", "key", "hint"),
    [
        ("[night]\nevaluation = 3\n", "night.evaluation", 'did you mean "evaluations"?'),
        ("[friction.mine]\nspred_bps = 1\n", "friction.mine.spred_bps", "spread_bps"),
        ("[night]\nevaluations = 0\n", "night.evaluations", "greater than or equal to 1"),
        ('[night]\nevaluations = "many"\n', "night.evaluations", "was 'many'"),
        ("nigth = 3\n", "nigth", 'did you mean "night"?'),
        ('[daemon]\nlog_level = "LOUD"\n', "daemon.log_level", "was 'LOUD'"),
    ],
)
def test_a_wrong_key_is_named_with_a_hint(tmp_path: Path, text: str, key: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(written(tmp_path, text))

    assert caught.value.key == key
    assert hint in str(caught.value)


def test_a_wrong_key_is_told_with_the_place_it_came_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIGHTSHIFT_NIGHT__SEED", '"many"')
    monkeypatch.setenv("NIGHTSHIFT_NIGTH__SEED", "3")
    path = written(tmp_path, "[night]\nevaluation = 3\n[lake]\npath = 4\n[market]\nx.y = 1\n")

    _, errors = read_config(path)
    _, loose = read_config(None)
    monkeypatch.delenv("NIGHTSHIFT_NIGHT__SEED")
    with pytest.raises(ConfigError) as changed:
        load_config(None, tmp_path).with_overrides({"night.evaluations": 0})

    assert {one.key: one.place for one in errors} == {
        "night.evaluation": str(path),
        "night.seed": "environment",
        "lake.path": str(path),
        "market.x": str(path),
    }
    assert all(str(one).startswith(f"{one.place}: {one.key}: ") for one in errors)
    assert [one.place for one in loose] == ["environment"]
    assert changed.value.place == "command line"


def test_every_wrong_key_is_found_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, "[night]\nseeds = 1\nminute = 2\n[lake]\nfolder = 3\n")

    _, errors = read_config(path)

    assert {error.key for error in errors} == {"night.seeds", "night.minute", "lake.folder"}


def test_broken_toml_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not valid TOML"):
        load_config(written(tmp_path, "[night\n"))


def test_a_missing_file_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no configuration at"):
        find_config(tmp_path / "nowhere.toml")


def test_the_environment_beats_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTSHIFT_NIGHT__EVALUATIONS", "42")
    path = written(tmp_path, "[night]\nevaluations = 7\nseed = 3\n")

    loaded = load_config(path)

    assert loaded.settings.night.evaluations == 42
    assert loaded.origins["night.evaluations"] == "environment"
    assert loaded.origins["night.seed"] == "file"


def test_a_key_of_the_environment_below_a_value_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIGHTSHIFT_NIGHT__SEED__X", "3")

    with pytest.raises(ConfigError, match="seed is no table"):
        load_config(written(tmp_path, "[night]\nseed = 1\n"))


def test_the_data_folder_of_the_environment_is_the_lake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "elsewhere"))

    assert load_config(None, tmp_path).lake == tmp_path / "elsewhere"


def test_an_override_outside_its_range_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"night\.evaluations"):
        load_config(None, tmp_path).with_overrides({"night.evaluations": 0})


def test_an_unknown_time_zone_is_found_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"daemon\.timezone.*was 'Mars/City'"):
        load_config(written(tmp_path, '[daemon]\ntimezone = "Mars/City"\n'))


def test_an_own_universe_lies_beside_the_shipped_ones(tmp_path: Path) -> None:
    universes = load_config(written(tmp_path, '[universes]\nmine = ["SPY"]\n')).settings.universes

    assert universes["mine"] == ("SPY",)
    assert len(universes["leveraged"]) == 12
