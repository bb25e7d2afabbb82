"""Trials tell their tier, lineage and cost, and are linked; append-only holds for every program."""

from __future__ import annotations

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ONCE = [
    "genome",
    "params_hash",
    "market_hash",
    "friction_hash",
    "settings_hash",
    "origin",
    "night",
    "capital",
    "engine",
    "tier",
]
KEYS = {
    "trial": ONCE,
    "series": ["hash"],
    "settings": ["hash"],
    "event": ["number"],
    "instance": ["epoch"],
}
TEXTS = {"tier": "selection", "behaviour": "", "operator": "", "seed": "", "chain": ""}
LINEAGE = """
UPDATE trial SET
    behaviour = (SELECT behaviour FROM genome WHERE hash = trial.genome),
    operator = (SELECT operator FROM genome WHERE hash = trial.genome),
    parents = (SELECT json_group_array(parent) FROM
               (SELECT parent FROM parent WHERE genome = trial.genome ORDER BY position))
"""


def upgrade() -> None:
    op.add_column("genome", _text("seed", ""))
    op.add_column("instance", sa.Column("trials", sa.Integer()))
    op.add_column("instance", sa.Column("chain", sa.String()))
    with op.batch_alter_table("trial") as trial:
        for name, value in TEXTS.items():
            trial.add_column(_text(name, value))
        trial.add_column(sa.Column("parents", sa.JSON(), nullable=False, server_default="[]"))
        trial.add_column(sa.Column("dollars", sa.Float(), nullable=False, server_default="0"))
        trial.add_column(sa.Column("wall_s", sa.Float()))
        trial.add_column(sa.Column("cpu_s", sa.Float()))
        trial.drop_constraint("trial_once", type_="unique")
        trial.create_unique_constraint("trial_once", ONCE)
    op.execute(LINEAGE)
    _link()
    _guard()


def _text(name: str, value: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False, server_default=value)


def _link() -> None:
    """Older trials are linked as they stand."""
    connection, previous, links = op.get_bind(), "", []
    rows = connection.exec_driver_sql("SELECT * FROM trial ORDER BY number")
    for row in rows.mappings():
        content = {k: v for k, v in row.items() if v is not None and k != "chain"}
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        previous = hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()
        links.append((previous, row["number"]))
    if links:
        connection.exec_driver_sql("UPDATE trial SET chain = ? WHERE number = ?", links)


def _guard() -> None:
    """The rebuilt table has lost its triggers; some of the others are new."""
    for table, key in KEYS.items():
        abort = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        same = " AND ".join(f"{name} = NEW.{name}" for name in key)
        exists = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"
        if table in {"trial", "instance"}:
            _trigger(f"{table}_no_update BEFORE UPDATE ON {table} {abort}")
            _trigger(f"{table}_no_delete BEFORE DELETE ON {table} {abort}")
        _trigger(f"{table}_no_second BEFORE INSERT ON {table} WHEN {exists} {abort}")
    _trigger(
        "trial_in_order BEFORE INSERT ON trial "
        "WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM trial) "
        "BEGIN SELECT RAISE(ABORT, 'trial is append-only, in the order of its numbers'); END"
    )


def _trigger(rest: str) -> None:
    op.execute(f"CREATE TRIGGER {rest}")
