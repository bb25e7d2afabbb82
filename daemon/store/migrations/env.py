"""Alembic's entry: runs the revisions on the connection that `daemon.store.migrate` opened.

Foreign keys are off meanwhile (a batch migration drops and renames tables); `migrate` checks them
afterwards.
"""

from __future__ import annotations

from alembic import context

from daemon.store.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
connection.commit()
