"""The evidence on the page: how likely a strategy is luck, and how the finalists fared."""

from __future__ import annotations

from html import escape

from daemon.domain.briefing.document import Briefing, Strategy
from daemon.domain.briefing.finalists import outcome
from daemon.domain.briefing.wording import capitalised
from plugins.publisher.markup import keys


def luck(strategy: Strategy) -> str:
    """Two paragraphs of a card; nothing for a strategy without odds."""
    if strategy.chance is None:
        return ""
    return (
        f"<h4>How likely is this luck?</h4><p>{escape(strategy.chance.luck)}</p>"
        f"<h4>What would settle it</h4><p>{escape(strategy.chance.settles)}</p>"
    )


def finalists(briefing: Briefing) -> str:
    """A section with one row for each finalist; nothing in a night without any."""
    if not briefing.finalists:
        return ""
    rows = [
        (
            f"{escape(one.name)}<br><code>{escape(one.hash[:12])}</code>",
            escape(capitalised(outcome(one))),
        )
        for one in briefing.finalists
    ]
    words = escape(" ".join(briefing.finalists_words))
    return f"<h2>Put to the tests</h2><p>{words}</p>{keys(rows)}"
