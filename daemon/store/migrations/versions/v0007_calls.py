"""The books of paid model calls: entered once, settled once, never taken out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

TRIGGERS = (
    "CREATE TRIGGER call_no_delete BEFORE DELETE ON call "
    "BEGIN SELECT RAISE(ABORT, 'call is never taken out'); END",
    "CREATE TRIGGER call_no_second BEFORE INSERT ON call "
    "WHEN EXISTS (SELECT 1 FROM call WHERE id = NEW.id) "
    "BEGIN SELECT RAISE(ABORT, 'call is entered once'); END",
    "CREATE TRIGGER call_settled_once BEFORE UPDATE ON call "
    "WHEN OLD.state != 'open' OR NEW.id != OLD.id OR NEW.reserved != OLD.reserved "
    "OR NEW.at != OLD.at "
    "BEGIN SELECT RAISE(ABORT, 'call is settled once'); END",
)


def upgrade() -> None:
    op.create_table(
        "call",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("mutation", sa.String(), nullable=False),
        sa.Column("night", sa.String(), nullable=False),
        sa.Column("swarm", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("prompt", sa.String(), nullable=False),
        sa.Column("common", sa.String(), nullable=False),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("tokens", sa.JSON(), nullable=False),
        sa.Column("spent", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("settled", sa.DateTime(), nullable=True),
        sa.UniqueConstraint("id"),
    )
    op.create_index("ix_call_mutation", "call", ["mutation"])
    op.create_index("ix_call_at", "call", ["at"])
    for trigger in TRIGGERS:
        op.execute(trigger)
