"""One instance at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from daemon.errors import LockedError, MissingError
from daemon.supervisor.lock import state_lock


def test_a_second_instance_is_kept_out_until_the_first_has_gone(tmp_path: Path) -> None:
    with state_lock(tmp_path / "state"):
        with pytest.raises(LockedError, match=r"another instance holds .*--state"):
            state_lock(tmp_path / "state").__enter__()
        with state_lock(tmp_path / "other"):
            pass

    with state_lock(tmp_path / "state"):
        pass


def test_the_lock_goes_with_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="mine"), state_lock(tmp_path):
        raise ValueError("mine")

    with state_lock(tmp_path):
        pass


def test_a_place_that_is_no_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(MissingError, match="cannot use the state folder"):
        state_lock(tmp_path / "file").__enter__()
