"""docs/evidence.md describes the simulated market that ships."""

from __future__ import annotations

import re
from pathlib import Path

from plugins.simulated.settings import LAST_YEAR, SimulatedSettings


def test_the_evidence_page_describes_the_default_simulated_market(repository: Path) -> None:
    settings = SimulatedSettings()
    text = " ".join((repository / "docs" / "evidence.md").read_text().split())
    page = text.partition("## The simulated market")[2]

    def said(pattern: str) -> tuple[str, ...]:
        found = re.search(pattern, page)
        assert found is not None, pattern
        return found.groups()

    assert int(said(r"(\d+) symbols")[0]) == len(settings.symbols)
    assert said(r"\((\w+) to (\w+)\)") == (settings.symbols[0], settings.symbols[-1])
    assert said(r"daily bars of (\d+) to (\d+)") == (str(settings.first_year), str(LAST_YEAR))
    assert settings.minute_years == 1
    assert said(r"minute bars of (\d+)") == (str(LAST_YEAR),)
    assert float(said(r"annual Sharpe ratio of ([\d.]+) before costs")[0]) == settings.edge
    share = said(r"session (\d+) % of the first half hour's move")[0]
    assert int(share) == round(100 * settings.intraday_edge)
