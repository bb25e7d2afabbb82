from pathlib import Path

import pytest

from daemon.domain.briefing.compose import compose
from daemon.domain.market.scan.score import MarketQuality, Score, SymbolQuality
from plugins.publisher.page import as_page
from tests.browser import measured, printed
from tests.domain.briefing.finalist_records import proven_night
from tests.domain.briefing.night_records import night_records

pytestmark = pytest.mark.browser
WORST = "300 of 390 regular minutes have no bar, the longest run is 300; the usual day lacks 1"
POOR = MarketQuality(
    minimum=0.9,
    symbols=(SymbolQuality("minute", "GOOGL", Score(2900, 2722, (18_000,)), WORST, True),),
    waiting=15_569,
)


@pytest.mark.parametrize(("width", "accepted"), [(320, 3), (390, 0), (1200, 3)])
def test_the_briefing_fits_the_screen_without_errors(
    width: int, accepted: int, tmp_path: Path
) -> None:
    made = proven_night if accepted else night_records
    briefing = compose(made(trials=40, accepted=accepted, quality=POOR), 5)

    found = measured(as_page(briefing), width, tmp_path)

    assert found["errors"] == []
    assert found["wide"] == found["cut"] == found["crossed"] == []
    assert found["scroll"] <= found["width"] <= width
    assert found["pictures"] == 3 * len(briefing.top or briefing.near_misses) + 1
    assert found["height"] > 2_000


def test_the_briefing_prints(tmp_path: Path) -> None:
    page = tmp_path / "briefing.html"
    page.write_text(as_page(compose(night_records(trials=40), 5)), encoding="utf-8")

    paper = printed(page, tmp_path)

    assert paper.startswith(b"%PDF-")
    assert len(paper) > 20_000
