"""What `doctor` says of the sources that the watched symbols need."""

from __future__ import annotations

from daemon.plugin.host import Supply
from plugins.ingestion.settings import IngestionSettings


class Keys:
    """Whether every source in an order of what is watched has its key."""

    name = "sources"

    def __init__(self, supply: Supply, settings: IngestionSettings) -> None:
        self._supply = supply
        self._settings = settings

    def run(self) -> tuple[str, str]:
        """A warning with what to set; nobody is asked anything."""
        named = self._settings.asked
        if lacking := self._supply.unready(named):
            return "warn", "; ".join(lacking)
        return "ok", f"{', '.join(named)} can be asked for what is watched"
