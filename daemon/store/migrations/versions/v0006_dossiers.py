"""Dossiers of finalists, and the charged looks at sealed data; both append-only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

KEYS = {"sealed_query": ("genome",), "dossier": ("genome", "night")}


def upgrade() -> None:
    op.create_table(
        "sealed_query",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("genome", sa.String(), sa.ForeignKey("genome.hash"), nullable=False),
        sa.Column("night", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.UniqueConstraint("genome"),
    )
    op.create_table(
        "dossier",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("genome", sa.String(), sa.ForeignKey("genome.hash"), nullable=False),
        sa.Column("night", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.UniqueConstraint("genome", "night", name="dossier_once"),
    )
    for table, key in KEYS.items():
        abort = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        same = " AND ".join(f"{name} = NEW.{name}" for name in key)
        exists = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"
        _trigger(f"{table}_no_update BEFORE UPDATE ON {table} {abort}")
        _trigger(f"{table}_no_delete BEFORE DELETE ON {table} {abort}")
        _trigger(f"{table}_no_second BEFORE INSERT ON {table} WHEN {exists} {abort}")


def _trigger(rest: str) -> None:
    op.execute(f"CREATE TRIGGER {rest}")
