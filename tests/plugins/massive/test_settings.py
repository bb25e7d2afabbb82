"""The table [massive]: what daemon.toml says wins, then the environment, then the default."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

import plugins.massive as plugin
from daemon.plugin import Secret
from plugins.massive.download import TEMPORARY
from plugins.massive.settings import MassiveSettings
from tests.fakes import fake_host

VARIABLES = {
    "MASSIVE_ENDPOINT": "https://old.example",
    "MASSIVE_S3_ENDPOINT": "https://files.example",
    "MASSIVE_REST_URL": "https://rest.example",
    "MASSIVE_BUCKET": "mine",
}


def test_the_environment_fills_what_the_file_leaves_out() -> None:
    settings = MassiveSettings(bucket="written").with_variables(VARIABLES)

    assert settings.endpoint == "https://files.example"
    assert settings.rest_url == "https://rest.example"
    assert settings.bucket == "written"
    assert settings.region == "us-east-1"


def test_an_address_of_the_environment_is_checked_too() -> None:
    with pytest.raises(ValidationError, match="rest_url"):
        MassiveSettings().with_variables({"MASSIVE_REST_URL": "ftp://rest.example"})


def test_the_plugin_registers_its_source_and_touches_nothing(tmp_path: Path) -> None:
    """The doctor registers plugins too, beside an ingestion that runs."""
    half = tmp_path / "massive" / TEMPORARY / "half"
    half.parent.mkdir(parents=True)
    half.write_text("half")
    key = {"MASSIVE_API_KEY": Secret("k")}
    host = fake_host(tmp_path, folder=tmp_path / "massive", secrets=key, environment=VARIABLES)

    (source,) = plugin.register_sources(host=host)

    assert source.name == "massive"
    assert {"minute", "day", "splits", "dividends"} <= set(source.kinds)
    assert half.exists()
