"""The settings that can change a result, whole, and the hash by which trials and nights name them.

Defaults are filled in first: to write one out changes nothing, and another default in a later
version is another hash.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Final

from daemon.config import Loaded
from daemon.domain.evolution.records import SettingsDocument
from daemon.plugin.manager import Plugins
from daemon.supervisor.profiles import frictions

OPERATIONAL: Final = frozenset({"interval_s", "workers", "at", "deadline_s", "batch"})
"""Keys of plugins that decide when and how fast, never what comes out."""


def settings_document(loaded: Loaded, plugins: Plugins) -> SettingsDocument:
    """The settings as JSON text, and its SHA-256.

    core: the daemon's own tables; plugins: theirs; frictions: every profile, shipped ones too.
    Folders, workers and intervals are left out: they change no result. Nor do plugins that only
    bring data in or briefings out; data has a fingerprint of its own.
    """
    core = loaded.settings.model_dump(
        mode="json", exclude={"daemon", "plugins", "lake", "night", "friction"}
    )
    for name in ("slots", "level"):
        core["sandbox"].pop(name)
    for name in ("finalists", "lifetime_error", "tribunal_share"):
        core["evidence"].pop(name)
    core["quality"] = {"minimum": loaded.settings.quality.minimum}
    document = {
        "core": core,
        "plugins": {
            name: {key: value for key, value in table.items() if key not in OPERATIONAL}
            for name, table in plugins.effective_tables(loaded.tables).items()
            if plugins.changes_results(name)
        },
        "frictions": {name: asdict(used) for name, used in frictions(loaded.settings).items()},
    }
    text = json.dumps(document, sort_keys=True, default=str)
    return SettingsDocument(hashlib.sha256(text.encode()).hexdigest(), text)
