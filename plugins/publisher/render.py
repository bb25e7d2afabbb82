"""The renderings of a briefing that ship, by audience."""

from __future__ import annotations

from daemon.domain.briefing.document import Briefing, as_json
from daemon.domain.briefing.text import as_text
from plugins.publisher.markdown import as_markdown
from plugins.publisher.page import as_page

RENDERINGS = {"html": as_page, "markdown": as_markdown, "json": as_json, "text": as_text}


def rendered(briefing: Briefing, audience: str) -> str | None:
    """The text for an audience, or nothing where none is known for it."""
    rendering = RENDERINGS.get(audience)
    return None if rendering is None else rendering(briefing)
