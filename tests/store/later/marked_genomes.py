"""A later shape, for tests: genomes can be marked, and their names are indexed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from daemon.store.migrate import HEAD

revision = "later"
down_revision = HEAD


def upgrade() -> None:
    with op.batch_alter_table("genome") as genome:
        genome.add_column(sa.Column("marked", sa.Boolean(), nullable=False, server_default="0"))
        genome.create_index("ix_genome_name", ["name"])
