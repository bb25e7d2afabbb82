"""The settings behind a hash, whole, so that any number made under them can be computed again."""

from __future__ import annotations

import json
from dataclasses import asdict

from daemon.config import OPERATIONAL, Loaded
from daemon.domain.evolution.records import SettingsDocument
from daemon.plugin.manager import Plugins
from daemon.supervisor.profiles import frictions


def settings_document(loaded: Loaded, plugins: Plugins) -> SettingsDocument:
    """Everything that `Loaded.hash` stands for, with defaults filled in, as JSON text.

    core: the daemon's own tables; plugins: theirs; frictions: every profile, shipped ones too.
    Folders, workers and intervals are left out: they change no result.
    """
    core = loaded.settings.model_dump(
        mode="json", exclude={"daemon", "plugins", "lake", "night", "friction"}
    )
    core["sandbox"].pop("slots")
    core["quality"] = {"minimum": loaded.settings.quality.minimum}
    document = {
        "core": core,
        "plugins": {
            name: {key: value for key, value in table.items() if key not in OPERATIONAL}
            for name, table in plugins.effective_tables(loaded.tables).items()
        },
        "frictions": {name: asdict(used) for name, used in frictions(loaded.settings).items()},
    }
    return SettingsDocument(loaded.hash(), json.dumps(document, sort_keys=True, default=str))
