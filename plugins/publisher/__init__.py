"""The publisher: writes the morning briefing as a page, as Markdown and as JSON."""

from __future__ import annotations

from daemon.domain.briefing.document import Briefing
from daemon.plugin import Host, hookimpl
from daemon.plugin.roles import Messenger, Shift
from plugins.publisher.files import FilesMessenger
from plugins.publisher.render import rendered
from plugins.publisher.settings import PublisherSettings
from plugins.publisher.shift import Publisher

SETTINGS = PublisherSettings
CHANGES_RESULTS = False


@hookimpl
def register_shifts(host: Host) -> list[Shift]:
    return [Publisher(host, host.settings(PublisherSettings))]


@hookimpl
def register_messengers(host: Host) -> list[Messenger]:
    return [FilesMessenger(host.briefings)]


@hookimpl(trylast=True)
def render_briefing(briefing: Briefing, audience: str) -> str | None:
    return rendered(briefing, audience)
