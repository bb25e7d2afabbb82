"""Jobs belong to nights, and a night knows where it began and what came upon it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

COUNTS = ("carried", "rechecked", "retried_timeouts")
NEWEST = {"genomes_before": "genome", "lessons_before": "lesson", "trials_before": "trial"}
OWNERS = {
    "evaluate": "SELECT night FROM genome WHERE genome.hash = job.key",
    "mutate": "SELECT night FROM mutation WHERE mutation.id = job.key",
}


def upgrade() -> None:
    with op.batch_alter_table("job") as job:
        job.add_column(sa.Column("night", sa.String(), nullable=False, server_default=""))
        job.drop_constraint("job_once", type_="unique")
        job.create_unique_constraint("job_once", ["kind", "key", "night"])
    for kind, owner in OWNERS.items():
        op.execute(f"UPDATE job SET night = coalesce(({owner}), '') WHERE kind = '{kind}'")
    for name in (*COUNTS, *NEWEST):
        column = sa.Column(name, sa.Integer(), nullable=False, server_default="0")
        op.add_column("night", column)
    for name, table in NEWEST.items():
        op.execute(f"UPDATE night SET {name} = coalesce((SELECT max(number) FROM {table}), 0)")
