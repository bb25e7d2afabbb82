"""Secrets: where they are looked for, in which order, and who may read the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from daemon.errors import UsageError
from daemon.supervisor.secrets import plain_values_for, secrets_for


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """All three have THIRD, two have SECOND, one has FIRST."""
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "SECOND").write_text("service\n")
    (credentials / "THIRD").write_text("service")
    dot_env = tmp_path / ".env"
    dot_env.write_text("# mine\nFIRST = 'a=b'\nSECOND=file\nTHIRD=file\n\nnonsense\n")
    dot_env.chmod(0o600)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    monkeypatch.setenv("THIRD", "environment")
    return tmp_path


def revealed(names: tuple[str, ...], folder: Path) -> dict[str, str]:
    return {name: secret.reveal() for name, secret in secrets_for(names, folder).items()}


def test_the_environment_beats_the_service_manager_beats_the_file(places: Path) -> None:
    found = revealed(("FIRST", "SECOND", "THIRD", "FOURTH"), places)

    assert found == {"FIRST": "a=b", "SECOND": "service", "THIRD": "environment"}


def test_values_that_may_be_shown_come_from_the_same_places(places: Path) -> None:
    names = ("FIRST", "SECOND", "THIRD", "FOURTH")

    assert plain_values_for(names, places) == revealed(names, places)


def test_only_what_was_named_is_given(places: Path) -> None:
    assert revealed(("SECOND",), places) == {"SECOND": "service"}
    assert revealed((), places) == {}


def test_a_secret_does_not_show_itself(places: Path) -> None:
    found = secrets_for(("FIRST", "SECOND", "THIRD"), places)

    assert f"{found} {found['FIRST']}" == "{'FIRST': ***, 'SECOND': ***, 'THIRD': ***} ***"


def test_other_things_in_the_credentials_folder_do_no_harm(places: Path) -> None:
    (places / "credentials" / "binary").write_bytes(b"\xff\xfe")
    (places / "credentials" / "FIRST").mkdir()

    assert revealed(("FIRST", "SECOND"), places) == {"FIRST": "a=b", "SECOND": "service"}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644, 0o610])
def test_a_file_that_others_can_read_is_refused(places: Path, mode: int) -> None:
    (places / ".env").chmod(mode)

    with pytest.raises(UsageError, match=r"can be read by others; expected mode 0600, run `chmod"):
        secrets_for(("FIRST",), places)


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_file_of_the_owners_alone_is_good(places: Path, mode: int) -> None:
    (places / ".env").chmod(mode)

    assert "FIRST" in secrets_for(("FIRST",), places)


def test_without_any_place_there_is_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)

    assert secrets_for(("FIRST",), tmp_path) == {}
