import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from markdown_it import MarkdownIt

from daemon.domain.briefing.compose import compose
from daemon.domain.briefing.document import Briefing, content_hash
from plugins.publisher.markdown import as_markdown
from plugins.publisher.page import as_page
from tests.domain.briefing.night_records import night_records, with_trials

HOSTILE = (
    '</pre></script><script>alert(1)</script><img src=x onerror="alert(2)"> `|` [a](javascript:x)'
)
VOID = {"meta", "br", "img", "link", "hr"}


class Outline(HTMLParser):
    """Every tag that is opened, and whether each one is closed where it should be."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.crossed: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.crossed.append(tag)


def outline(page: str) -> Outline:
    parser = Outline()
    parser.feed(page)
    return parser


def document(**wanted: Any) -> Briefing:
    return compose(night_records(**wanted), 5)


def hostile() -> Briefing:
    records = night_records(accepted=3)
    genomes = {
        h: replace(g, name=HOSTILE, idea=HOSTILE, source=f'"""{HOSTILE}"""', operator=HOSTILE)
        for h, g in records.genomes.items()
    }
    lessons = [replace(lesson, message=HOSTILE, code=HOSTILE) for lesson in records.lessons]
    trials = [replace(t, failure=HOSTILE if t.failure else "") for t in records.trials]
    health = {"facts": [HOSTILE], "warnings": [HOSTILE], "simulation": HOSTILE}
    changed = replace(records, genomes=genomes, lessons=lessons, health=health)
    return compose(with_trials(changed, trials), 5)


@pytest.mark.parametrize("accepted", [4, 0])
def test_every_element_is_closed(accepted: int) -> None:
    page = outline(as_page(document(accepted=accepted)))

    assert not page.crossed
    assert not page.open


def test_what_reached_the_threshold_is_screened_and_not_passed() -> None:
    page = as_page(document(accepted=3))

    assert re.search(r"<dt>Screened</dt><dd>3<small>reached the threshold<", page)
    assert "<dt>Passed" not in page
    assert "screened" in page.split("<main>")[1].lower()


def test_the_page_needs_no_script_and_no_request() -> None:
    page = as_page(document())
    found = outline(page)

    assert not {"script", "link", "iframe", "object"} & set(found.tags)
    assert not {"src", "href", "srcset"} & {name for name, _ in found.attributes}
    assert "default-src 'none'" in page
    assert "url(" not in page


def test_text_of_strangers_stays_text_on_the_page() -> None:
    found = outline(as_page(hostile()))

    assert not {"script", "img", "a"} & set(found.tags)
    assert not any(name.startswith("on") for name, _ in found.attributes)
    assert not found.crossed


def test_text_of_strangers_stays_text_in_markdown() -> None:
    rendered = (
        MarkdownIt("commonmark", {"html": True}).enable("table").render(as_markdown(hostile()))
    )
    found = outline(rendered)

    assert not {"script", "img", "a"} & set(found.tags)


def test_a_fence_in_a_genome_does_not_end_the_fence_around_it() -> None:
    records = night_records(accepted=3)
    genomes = {
        h: replace(g, source=f"````\n<script>{g.number}</script>\n````")
        for h, g in records.genomes.items()
    }
    text = as_markdown(compose(replace(records, genomes=genomes), 5))

    rendered = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)

    assert "<script>" not in rendered


def test_a_simulated_market_is_announced_before_anything_else() -> None:
    page, text = as_page(document()), as_markdown(document())

    assert page.index("SIMULATED MARKET") < page.index("<h1>")
    assert text.index("SIMULATED MARKET") < text.index("##")


def test_a_real_market_is_not_called_simulated() -> None:
    real = replace(document(), simulation="")

    assert "SIMULATED" not in as_page(real)
    assert "SIMULATED" not in as_markdown(real)


def test_luck_is_shown_with_its_mean_and_its_bound() -> None:
    briefing = document()
    shown = f"1 time in 20 above {briefing.luck.bound:.2f}"
    page, text = as_page(briefing), as_markdown(briefing)

    assert f"<dd>{briefing.luck.noise:.2f}<small>{shown}</small>" in page
    assert f"luck, 1 time in 20 {briefing.luck.bound:.2f}" in page
    assert f"{briefing.luck.bound:.2f}" in text


def test_what_speaks_against_a_strategy_is_a_list_of_its_own() -> None:
    briefing = document()
    top = (replace(briefing.top[0], notes=("Only 24 trades <here>.",)),)
    few = replace(briefing, top=top)

    assert "<h4>To keep in mind</h4><ul><li>Only 24 trades &lt;here&gt;.</li></ul>" in as_page(few)
    assert "\n- Only 24 trades \\<here\\>.\n" in as_markdown(few)


@pytest.mark.parametrize("accepted", [4, 0])
def test_page_and_markdown_show_the_same_figures(accepted: int) -> None:
    briefing = document(accepted=accepted)
    page = re.sub(r"<[^>]+>", " ", as_page(briefing)).replace("\u00a0", " ")
    text = as_markdown(briefing)

    for strategy in (*briefing.top, *briefing.near_misses):
        shown = f"{strategy.metrics.sharpe:.2f}".replace("-", "−")
        assert shown in page
        assert shown in text
    assert content_hash(briefing) in page
    assert content_hash(briefing) in text


def test_the_page_says_plainly_that_nothing_needs_a_decision() -> None:
    assert "Nothing needs your decision." in as_page(document())
    assert "Nothing needs your decision." in as_markdown(document())


def test_wall_clock_figures_stand_in_the_footer_only() -> None:
    briefing = document()
    clock = replace(briefing.clock, ended=None)
    one, other = as_page(briefing), as_page(replace(briefing, clock=clock))

    assert one.split("<footer>")[0] == other.split("<footer>")[0]
    assert one != other
