"""Log sinks: one line a message, secrets hidden, JSON lines that parse."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from loguru import logger

from daemon.log import Secret, start_logging


@pytest.fixture(autouse=True)
def _no_sinks_are_left() -> Iterator[None]:
    yield
    logger.remove()
    logger.configure(extra={}, patcher=lambda record: None)


def lines(folder: Path) -> list[dict[str, object]]:
    text = (folder / "nightshift.jsonl").read_text(encoding="utf-8")
    return [json.loads(line)["record"] for line in text.splitlines()]


def test_a_message_is_one_line_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    start_logging("INFO", None)

    logger.bind(step="executor").info("first")
    logger.info("second")

    shown = capsys.readouterr().err.splitlines()
    assert len(shown) == 2
    assert shown[0].split()[1:] == ["INFO", "executor", "first"]
    assert shown[1].split()[1:] == ["INFO", "-", "second"]


def test_text_from_strangers_forges_no_lines_and_no_colours(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start_logging("INFO", tmp_path)

    logger.info("{}", "quiet\n12:00:00 ERROR  forged\r\x1b[31mred\u2028more\u202e")

    shown = capsys.readouterr().err
    assert len(shown.splitlines()) == 1
    assert "\x1b" not in shown
    (record,) = lines(tmp_path)
    assert record["message"] == "quiet 12:00:00 ERROR  forged  [31mred more "


def test_a_secret_shows_itself_nowhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    start_logging("DEBUG", tmp_path)
    secret = Secret("hunter2")

    logger.bind(key=secret).info("{} {!r} {}", secret, secret, {"key": secret})
    try:
        raise ValueError(secret)
    except ValueError as error:
        logger.opt(exception=error).error("failed with {}", f"{secret}")

    written = capsys.readouterr().err + (tmp_path / "nightshift.jsonl").read_text()
    assert "hunter2" not in written
    assert "***" in written
    assert secret.reveal() == "hunter2"


def test_every_line_of_the_file_is_json_with_step_and_level(tmp_path: Path) -> None:
    start_logging("ERROR", tmp_path / "logs")

    logger.bind(step="harvester").debug('quotes " and \\ and {}', "{braces}")
    try:
        1 / 0  # noqa: B018
    except ZeroDivisionError as error:
        logger.opt(exception=error).error("it broke")

    first, second = lines(tmp_path / "logs")
    assert first["extra"] == {"step": "harvester"}
    assert first["message"] == 'quotes " and \\ and {braces}'
    assert second["exception"]["type"] == "ZeroDivisionError"  # type: ignore[index]


def test_the_level_is_for_people_and_the_file_has_everything(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start_logging("WARNING", tmp_path)

    logger.debug("detail")
    logger.warning("mind this")

    assert "detail" not in capsys.readouterr().err
    assert [record["message"] for record in lines(tmp_path)] == ["detail", "mind this"]
