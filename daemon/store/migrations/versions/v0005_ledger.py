"""Trials tell what data they touched, and that belongs to what makes them another trial."""

from __future__ import annotations

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


def upgrade() -> None:
    with op.batch_alter_table("trial") as trial:
        column = sa.Column("tier", sa.String(), nullable=False, server_default="selection")
        trial.add_column(column)
        trial.drop_constraint("trial_once", type_="unique")
        trial.create_unique_constraint("trial_once", ONCE)
    for change in ("UPDATE", "DELETE"):  # the rebuilt table has lost its triggers
        op.execute(
            f"CREATE TRIGGER trial_no_{change.lower()} BEFORE {change} ON trial "
            "BEGIN SELECT RAISE(ABORT, 'trial is append-only'); END"
        )
