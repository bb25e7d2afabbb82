"""Numbers, dates and codes in words for people; no-break spaces keep a number with its unit."""

from __future__ import annotations

from datetime import date, timedelta

MISSING = "–"
_EPOCH = date(1970, 1, 1)
_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def percent(fraction: float | None, places: int = 1, signed: bool = True) -> str:
    """0.1234 as "+12.3 %"; an undefined value as a dash."""
    if fraction is None:
        return MISSING
    value = round(100 * fraction, places) + 0.0
    sign = "+" if signed and value > 0 else "−" if value < 0 else ""
    return f"{sign}{abs(value):,.{places}f}\u00a0%"


def ratio(value: float | None, places: int = 2) -> str:
    """1.418 as "1.42", -0.5 as "−0.50"."""
    if value is None:
        return MISSING
    rounded = round(value, places) + 0.0
    return f"{'−' if rounded < 0 else ''}{abs(rounded):,.{places}f}"


def dollars(amount: float | None) -> str:
    """1234.4 as "$1,234"; below ten dollars with cents."""
    if amount is None:
        return MISSING
    places = 2 if 0 < abs(amount) < 10 else 0
    rounded = round(amount, places) + 0.0
    return f"{'−' if rounded < 0 else ''}${abs(rounded):,.{places}f}"


def number(value: float) -> str:
    """A parameter or a count: 10.0 as "10", 0.25 as "0.25", 12345 as "12,345"."""
    whole = float(value).is_integer() and abs(value) < 1e15
    text = f"{int(value):,}" if whole else f"{value:.6g}"
    return text.replace("-", "−", 1) if value < 0 else text


def counted(count: int, one: str, many: str = "") -> str:
    """3, "trial" as "3 trials"."""
    return f"{count:,}\u00a0{one if count == 1 else many or one + 's'}"


def spelled(count: int) -> str:
    """Small numbers as words, at the start of a sentence or inside it."""
    return _SMALL[count] if 0 <= count < len(_SMALL) else f"{count:,}"


def listed(items: tuple[str, ...] | list[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(items) <= 1:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def calendar_day(day: int) -> date:
    """The date of a number of days since 1970-01-01."""
    return _EPOCH + timedelta(days=day)


def day_text(day: date) -> str:
    """A date as "3 March 2015"."""
    return f"{day.day}\u00a0{day:%B}\u00a0{day.year}"


def month_text(day: date) -> str:
    """A date as "Mar 2015"."""
    return f"{day:%b}\u00a0{day.year}"


def capitalised(sentence: str) -> str:
    """The sentence with a capital first letter, the rest as it is."""
    return sentence[:1].upper() + sentence[1:]


def plain(text: str, limit: int = 0) -> str:
    """One printable line: control characters of strangers become spaces, a long text is cut."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return clean if not limit or len(clean) <= limit else clean[: limit - 1].rstrip() + "…"


def printable(text: str) -> str:
    """The lines of a text without control characters: no colours, no forged lines."""
    lines = text.expandtabs(4).split("\n")
    return "\n".join("".join(c if c.isprintable() else " " for c in line) for line in lines)
