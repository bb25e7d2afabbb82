"""Whether `daemon` and `plugins` are the ones that were installed, or another's with their names.

1. `strangers`: distributions whose RECORD has modules of these names. 2. `misplaced`: a package
that Python imports from elsewhere than the distribution says. 3. `altered`: files of the wheel
whose content is no longer what was installed.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from importlib.metadata import Distribution
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import urlparse
from urllib.request import url2pathname

DISTRIBUTION: Final = "nightshift"
NAMES: Final = ("daemon", "plugins")


def imported() -> dict[str, Path]:
    """The folder from which Python takes each of the packages; none where there is no package."""
    specs = {name: find_spec(name) for name in NAMES}
    found = {n: s.submodule_search_locations for n, s in specs.items() if s is not None}
    return {name: Path(next(iter(places))).resolve() for name, places in found.items() if places}


def strangers(distributions: Iterable[Distribution]) -> list[str]:
    """Names of other distributions that ship modules of these packages."""
    return [
        item.name
        for item in distributions
        if item.name != DISTRIBUTION and any(map(_is_ours, item.files or ()))
    ]


def misplaced(ours: Distribution, folders: Mapping[str, Path]) -> list[str]:
    """A sentence for each package that is not imported from where the distribution has it."""
    root = _root(ours)
    return [
        f"`{name}` is imported from {folders.get(name, 'nowhere')}, expected {root / name}"
        for name in NAMES
        if folders.get(name) != root / name
    ]


def altered(ours: Distribution) -> list[str]:
    """Modules of an installed wheel that are gone or hold something else; () if editable."""
    if _editable(ours) is not None:
        return []
    return [
        str(file)
        for file in ours.files or ()
        if _is_ours(file)
        and file.hash is not None
        and _digest(Path(str(file.locate())), file.hash.mode) != file.hash.value
    ]


def _is_ours(file: PurePosixPath) -> bool:
    return file.parts[0] in NAMES and file.suffix == ".py"


def _root(ours: Distribution) -> Path:
    return _editable(ours) or Path(str(ours.locate_file(""))).resolve()


def _editable(ours: Distribution) -> Path | None:
    """The checkout that an editable installation points to (PEP 610)."""
    told = json.loads(ours.read_text("direct_url.json") or "{}")
    if not told.get("dir_info", {}).get("editable", False):
        return None
    return Path(url2pathname(urlparse(told["url"]).path)).resolve()


def _digest(path: Path, mode: str) -> str:
    """As RECORD writes it: url-safe base 64 without padding; "" where the file is gone."""
    if not path.is_file():
        return ""
    digest = hashlib.new(mode, path.read_bytes()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
