from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from daemon.domain.briefing.document import from_json
from daemon.domain.evolution.records import NewJob, Night
from daemon.errors import MissingError
from daemon.plugin.host import Host
from daemon.plugin.roles import Daily, Messenger, Shift
from plugins import publisher as plugin
from plugins.publisher.records import night_records
from plugins.publisher.settings import PublisherSettings
from plugins.publisher.shift import Publisher
from tests.fakes import EVENING, NIGHT, FakeJob, FakeStore, Killed, turn

SUFFIXES = (".html", ".md", ".json")


def bytes_of(folder: Path, stem: str = NIGHT.id) -> dict[str, bytes]:
    return {suffix: (folder / f"{stem}{suffix}").read_bytes() for suffix in SUFFIXES}


async def test_a_night_is_published_once_and_ended_in_the_same_commit(
    publisher: Publisher, store: FakeStore, host: Host
) -> None:
    report = await publisher.run(turn())
    again = await publisher.run(turn())

    assert (report.idle, report.counts["published"]) == (False, 1)
    assert again.idle
    assert store.finished == [NIGHT.id]
    assert store.jobs["publish", NIGHT.id].state == "done"
    assert store.commits == 2
    published = store.published[NIGHT.id]
    assert published.html_path == str(host.briefings / f"{NIGHT.id}.html")
    assert published.markdown.encode() == bytes_of(host.briefings)[".md"]
    assert published.document.encode() == bytes_of(host.briefings)[".json"]


async def test_the_newest_briefing_lies_under_a_stable_name(
    publisher: Publisher, host: Host
) -> None:
    await publisher.run(turn())

    assert bytes_of(host.briefings, "latest") == bytes_of(host.briefings)


async def test_the_document_counts_what_the_store_holds(
    publisher: Publisher, store: FakeStore
) -> None:
    await publisher.run(turn())

    document = from_json(store.published[NIGHT.id].document)
    assert document.ran.evaluated == store.trial_count(NIGHT.id)
    assert document.ran.refused == len(store.lessons(NIGHT.id))
    assert document.ran.accepted == 3
    assert document.market.facts[2] == "12 symbols, no gap."


def test_the_genomes_of_a_night_come_with_all_their_ancestors(host: Host, store: FakeStore) -> None:
    seed = next(g for g in store.by_hash.values() if not g.parents)
    oldest = replace(seed, hash="oldest", night="night-1")
    between = replace(oldest, hash="between", parents=("oldest",))
    store.by_hash |= {g.hash: g for g in (oldest, between)}
    store.by_hash[seed.hash] = replace(seed, parents=("between",))

    assert {"oldest", "between"} <= set(night_records(host, NIGHT.id).genomes)


async def test_the_same_store_gives_the_same_bytes(
    publisher: Publisher,
    store: FakeStore,
    host: Host,
    tmp_path: Path,
    another: Callable[[Path, FakeStore], Publisher],
) -> None:
    await publisher.run(turn())
    store.jobs["publish", "again"] = FakeJob(99, NewJob("publish", NIGHT.id))
    store.jobs["publish", NIGHT.id] = store.jobs.pop(("publish", "again"))
    elsewhere = another(tmp_path / "elsewhere", store)
    await elsewhere.run(turn(now=EVENING + timedelta(days=3)))

    assert bytes_of(tmp_path / "elsewhere" / "briefings") == bytes_of(host.briefings)


@pytest.mark.parametrize("moment", ["die_before", "die_after"])
async def test_a_kill_around_the_commit_neither_loses_nor_doubles_a_briefing(
    moment: str,
    publisher: Publisher,
    store: FakeStore,
    host: Host,
    tmp_path: Path,
    another: Callable[[Path, FakeStore], Publisher],
) -> None:
    setattr(store, moment, 2)
    with pytest.raises(Killed):
        await publisher.run(turn())
    before = bytes_of(host.briefings)
    store.restart()

    await another(tmp_path, store).run(turn())

    assert store.finished == [NIGHT.id]
    assert bytes_of(host.briefings) == before
    assert list(store.published) == [NIGHT.id]


async def test_a_folder_that_cannot_be_written_gives_the_job_back(
    publisher: Publisher, store: FakeStore, host: Host
) -> None:
    host.briefings.write_text("a file where the folder should be")

    with pytest.raises(MissingError, match="cannot write the briefing to"):
        await publisher.run(turn())

    job = store.jobs["publish", NIGHT.id]
    assert (job.state, store.finished) == ("waiting", [])
    assert "expected a writable folder" in job.error


async def test_nothing_half_written_is_left_in_the_folder(publisher: Publisher, host: Host) -> None:
    await publisher.run(turn())

    names = {path.name for path in host.briefings.iterdir()}
    assert names == {f"{stem}{s}" for stem in (NIGHT.id, "latest") for s in SUFFIXES}


async def test_without_a_job_there_is_nothing_to_do(publisher: Publisher, store: FakeStore) -> None:
    store.jobs.clear()

    report = await publisher.run(turn())

    assert report.idle
    assert not store.published


async def test_a_job_for_an_unknown_night_is_refused_by_name(
    publisher: Publisher, store: FakeStore
) -> None:
    store.jobs = {("publish", "night-9"): FakeJob(1, NewJob("publish", "night-9"))}

    with pytest.raises(MissingError, match='no night "night-9"'):
        await publisher.run(turn())


async def test_another_plugin_may_render_the_page(host: Host, store: FakeStore) -> None:
    def render(briefing: object, audience: str) -> str | None:
        return "<p>mine</p>" if audience == "html" else None

    await Publisher(replace(host, render=render), PublisherSettings()).run(turn())

    assert bytes_of(host.briefings)[".html"] == b"<p>mine</p>"
    assert bytes_of(host.briefings)[".md"].startswith(b"# ")


async def test_a_renderer_that_raises_is_noted_and_replaced(host: Host, store: FakeStore) -> None:
    def render(briefing: object, audience: str) -> str | None:
        raise RuntimeError("no ink")

    await Publisher(replace(host, render=render), PublisherSettings()).run(turn())

    assert bytes_of(host.briefings)[".html"].startswith(b"<!doctype html>")
    assert [event.kind for event in store.events] == ["render_failed"] * 2
    assert store.finished == [NIGHT.id]


async def test_old_briefings_are_removed_only_where_the_owner_asks_for_it(
    host: Host, store: FakeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_ago = datetime(2025, 1, 1, tzinfo=UTC)
    old = Night("night-1", 1, 500, "settings", "market", long_ago, long_ago)
    monkeypatch.setattr(store, "nights", lambda: [old, NIGHT])
    host.briefings.mkdir()
    page = host.briefings / "night-1.html"
    page.write_text("old")

    await Publisher(host, PublisherSettings()).run(turn())
    kept = page.exists()
    await Publisher(host, PublisherSettings(keep_days=30)).run(turn())

    assert kept
    assert not page.exists()
    assert (host.briefings / f"{NIGHT.id}.html").exists()


def test_the_settings_refuse_unknown_keys_and_describe_each_key() -> None:
    with pytest.raises(ValidationError):
        PublisherSettings.model_validate({"tops": 3})

    assert all(field.description for field in PublisherSettings.model_fields.values())


def test_the_plugin_registers_a_daily_shift_a_messenger_and_a_renderer(host: Host) -> None:
    (shift,) = plugin.register_shifts(replace(host, raw_settings={"at": "05:30"}))
    (messenger,) = plugin.register_messengers(host)

    assert isinstance(shift, Shift)
    assert isinstance(messenger, Messenger)
    assert shift.trigger == Daily(time(5, 30))
    assert plugin.SETTINGS().at == time(6, 0)


def test_an_audience_that_nobody_knows_gets_no_text(records: object) -> None:
    from daemon.domain.briefing.compose import compose

    briefing = compose(records, 5)  # type: ignore[arg-type]

    assert plugin.render_briefing(briefing, "telegram") is None
    assert plugin.render_briefing(briefing, "html").startswith("<!doctype html>")
