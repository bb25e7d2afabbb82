"""Friction profiles: a table of daemon.toml lies over the shipped one of its name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from daemon.config import Loaded, load_config
from daemon.domain.trading.friction import NONE, RETAIL, SHIPPED, Friction
from daemon.errors import ConfigError
from daemon.settings import FrictionTable
from daemon.supervisor.configured import checked_plugins
from daemon.supervisor.profiles import effective_frictions, frictions


def loaded(folder: Path, text: str) -> Loaded:
    (folder / "daemon.toml").write_text(text)
    return load_config(folder / "daemon.toml")


def profiles(folder: Path, text: str) -> dict[str, Friction]:
    return frictions(loaded(folder, text).settings)


def test_without_a_table_the_shipped_ones_hold(tmp_path: Path) -> None:
    assert profiles(tmp_path, "") == SHIPPED


def test_an_empty_table_changes_nothing(tmp_path: Path) -> None:
    empty = "[friction.retail]\n[friction.none]\n[friction.delayed]\n"

    assert profiles(tmp_path, empty) == SHIPPED


def test_what_is_written_lies_over_the_shipped_profile_of_the_name(tmp_path: Path) -> None:
    found = profiles(tmp_path, "[friction.retail]\nslippage_bps = 0.0\nmargin = 2.0\n")

    assert found["retail"] == replace(RETAIL, slippage_bps=0.0, margin=2.0)
    assert found["none"] == NONE


def test_a_profile_of_an_own_name_lies_over_no_friction(tmp_path: Path) -> None:
    found = profiles(tmp_path, "[friction.mine]\ncommission_per_share = 0.005\n")

    assert found["mine"] == Friction("mine", commission_per_share=0.005)
    assert set(found) == {*SHIPPED, "mine"}


def test_quotes_mean_the_quoted_spread_with_one_to_fall_back_on(tmp_path: Path) -> None:
    found = profiles(tmp_path, '[friction.mine]\nspread_bps = "quotes"\n')["mine"]

    assert found.spread_from_quotes
    assert found.spread_bps == RETAIL.spread_bps


def test_a_number_instead_of_quotes_switches_them_off(tmp_path: Path) -> None:
    found = profiles(tmp_path, "[friction.retail]\nspread_bps = 5.0\n")["retail"]

    assert not found.spread_from_quotes
    assert found.spread_bps == 5.0


@pytest.mark.parametrize("text", ['spread_bps = "quote"', "margin = 0.5", 'fill = "now"'])
def test_a_value_outside_its_range_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"friction\.mine"):
        loaded(tmp_path, f"[friction.mine]\n{text}\n")


def test_a_nights_profile_that_is_not_there_is_found_before_anything_starts(tmp_path: Path) -> None:
    wrong = loaded(tmp_path, '[evaluation]\nfriction = "retial"\n')

    with pytest.raises(ConfigError, match=r'evaluation\.friction: .*did you mean "retail"\?'):
        checked_plugins(wrong)


def test_a_nights_profile_may_be_the_owners(tmp_path: Path) -> None:
    own = '[evaluation]\nfriction = "mine"\n[friction.mine]\ncash_buffer = 0.1\n'

    assert checked_plugins(loaded(tmp_path, own)).infos()


def test_what_is_shown_is_what_the_engine_uses(tmp_path: Path) -> None:
    text = '[friction.mine]\nspread_bps = "quotes"\n[friction.retail]\nslippage_bps = 3.0\n'
    settings = loaded(tmp_path, text).settings

    shown, used = effective_frictions(settings), frictions(settings)

    assert set(shown) == set(used) == {*SHIPPED, "mine"}
    for name, table in shown.items():
        assert list(table) == list(FrictionTable.model_fields)
        plain = {key: value for key, value in table.items() if key != "spread_bps"}
        assert plain == {key: getattr(used[name], key) for key in plain}
    assert shown["retail"]["spread_bps"] == shown["mine"]["spread_bps"] == "quotes"
    assert (shown["retail"]["slippage_bps"], shown["none"]["spread_bps"]) == (3.0, 0.0)


def test_the_sentence_of_the_spread_names_the_spread_to_fall_back_on() -> None:
    sentence = FrictionTable.model_fields["spread_bps"].description or ""

    assert f"{RETAIL.spread_bps:g} bps where the market has none" in sentence
    assert "flat files have none" in sentence


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[ingestion]\nsources = ["masive"]\n', r"ingestion\.sources"),
        ('[ingestion]\norder.SPY = ["masive"]\n', r"ingestion\.order\.SPY"),
        ('[quality]\nsources = ["masive"]\n', r"quality\.sources"),
    ],
)
def test_a_source_that_no_plugin_has_is_found_before_anything_starts(
    text: str, key: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=rf'{key}: no source is named "masive"; did you mean "ma'):
        checked_plugins(loaded(tmp_path, text))


def test_sources_that_nobody_named_are_not_missed(tmp_path: Path) -> None:
    few = '[plugins]\nload = ["plugins.files", "plugins.ingestion"]\n'

    assert checked_plugins(loaded(tmp_path, few)).infos()
    with pytest.raises(ConfigError, match=r"ingestion\.sources.*known: files"):
        checked_plugins(loaded(tmp_path, few + '[ingestion]\nwatch = ["SPY"]\n'))
