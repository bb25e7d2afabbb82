from pathlib import Path

import pytest

from daemon.domain.briefing.compose import compose
from plugins.publisher.page import as_page
from tests.browser import measured, printed
from tests.domain.briefing.night_records import night_records

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "accepted"), [(390, 3), (390, 0), (1200, 3)])
def test_the_briefing_fits_the_screen_without_errors(
    width: int, accepted: int, tmp_path: Path
) -> None:
    briefing = compose(night_records(trials=40, accepted=accepted), 5)

    found = measured(as_page(briefing), width, tmp_path)

    assert found["errors"] == []
    assert found["wide"] == []
    assert found["scroll"] <= found["width"] <= width
    assert found["pictures"] == 3 * len(briefing.top or briefing.near_misses) + 1
    assert found["height"] > 2_000


def test_the_briefing_prints(tmp_path: Path) -> None:
    page = tmp_path / "briefing.html"
    page.write_text(as_page(compose(night_records(trials=40), 5)), encoding="utf-8")

    paper = printed(page, tmp_path)

    assert paper.startswith(b"%PDF-")
    assert len(paper) > 20_000
