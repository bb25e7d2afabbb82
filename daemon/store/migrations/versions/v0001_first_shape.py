"""The first shape: jobs and nights, genomes and lessons, the trial ledger and the journal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

APPEND_ONLY = ("trial", "series", "settings", "event")
FIGURES = [
    "total_return",
    "cagr",
    "sharpe",
    "sortino",
    "convexity",
    "max_drawdown",
    "calmar",
    "volatility",
    "exposure",
    "turnover",
    "win_rate",
    "profit_factor",
    "expectancy",
    "sqn",
    "fees",
    "final_equity",
    "ambiguous_share",
]


def upgrade() -> None:
    _jobs()
    _nights()
    _genomes()
    _lessons()
    _ledger()
    _journal()
    for table in APPEND_ONLY:
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def _jobs() -> None:
    op.create_table(
        "instance",
        sa.Column("epoch", sa.Integer(), primary_key=True),
        _text("boot"),
        _instant("started"),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), primary_key=True),
        *(_text(name) for name in ("kind", "key", "state", "error")),
        _json("payload"),
        *(_whole(name) for name in ("attempt", "faults")),
        sa.Column("owner", sa.Integer(), sa.ForeignKey("instance.epoch")),
        sa.Column("lease_until", sa.Float()),
        _instant("created"),
        _instant("changed"),
        sa.UniqueConstraint("kind", "key", name="job_once"),
    )
    op.create_index("job_next", "job", ["kind", "state", "id"])


def _nights() -> None:
    op.create_table(
        "night",
        sa.Column("id", sa.String(), primary_key=True),
        *(_text(name) for name in ("seed", "settings_hash", "market_hash")),
        _whole("evaluations"),
        _instant("started"),
        sa.Column("finished", sa.DateTime()),
    )
    op.create_table(
        "briefing",
        sa.Column("night", sa.String(), sa.ForeignKey("night.id"), primary_key=True),
        *(_text(name) for name in ("document", "markdown", "html_path")),
        _instant("at"),
    )
    op.create_table(
        "mutation",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("night", sa.String(), sa.ForeignKey("night.id"), nullable=False),
        *(_whole(name) for name in ("generation", "ticket")),
        *(_text(name) for name in ("swarm", "operator", "seed", "name", "handle")),
        _json("parents"),
        _json("sources"),
        sa.UniqueConstraint("night", "generation", "ticket", name="mutation_ticket"),
    )


def _genomes() -> None:
    texts = [
        "source",
        "name",
        "idea",
        "timeframe",
        "universe",
        "operator",
        "behaviour",
        "stage",
        "night",
    ]
    op.create_table(
        "genome",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("hash", sa.String(), nullable=False, unique=True),
        *(_text(name) for name in texts),
        _whole("nodes"),
        _instant("at"),
    )
    op.create_index("ix_genome_behaviour", "genome", ["behaviour"])
    op.create_index("ix_genome_stage", "genome", ["stage"])
    op.create_table(
        "parent",
        sa.Column("genome", sa.String(), sa.ForeignKey("genome.hash"), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("parent", sa.String(), sa.ForeignKey("genome.hash"), nullable=False),
    )
    op.create_index("ix_parent_parent", "parent", ["parent"])


def _lessons() -> None:
    op.create_table(
        "lesson",
        sa.Column("number", sa.Integer(), primary_key=True),
        *(
            _text(name)
            for name in ["mutation", "night", "operator", "text", "code", "message", "genome"]
        ),
        _json("parents"),
        _whole("line"),
        _instant("at"),
        sa.UniqueConstraint("mutation", "code", "line", "message", name="lesson_once"),
    )
    op.create_index("ix_lesson_genome", "lesson", ["genome"])
    op.create_index("ix_lesson_night", "lesson", ["night"])


def _ledger() -> None:
    op.create_table(
        "series",
        sa.Column("hash", sa.String(), primary_key=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )
    op.create_table("settings", sa.Column("hash", sa.String(), primary_key=True), _text("document"))
    key = ["params_hash", "market_hash", "friction_hash", "settings_hash", "origin", "night"]
    texts = (
        "engine sandbox failure positions_hash friction timeframe trade_hash niche fitness_refusal"
    )
    op.create_table(
        "trial",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("genome", sa.String(), sa.ForeignKey("genome.hash"), nullable=False),
        *(_text(name) for name in (*key, *texts.split())),
        *(
            _json(name)
            for name in ["params", "symbols", "skipped", "flags", "blocks", "descriptors"]
        ),
        *(_whole(name) for name in ("first_date", "last_date", "bars")),
        sa.Column("capital", sa.Float(), nullable=False),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("evaluated", "simulated")),
        *(sa.Column(name, sa.Float()) for name in ("fitness", "selection", *FIGURES)),
        sa.Column("trades", sa.Integer()),
        sa.Column("session_returns", sa.String(), sa.ForeignKey("series.hash")),
        sa.Column("market_returns", sa.String(), sa.ForeignKey("series.hash")),
        _instant("at"),
        sa.UniqueConstraint("genome", *key, "capital", "engine", name="trial_once"),
    )
    elite = sa.text("origin = 'night' AND selection IS NOT NULL")
    columns = ["settings_hash", "niche", "selection"]
    op.create_index("trial_elite", "trial", columns, sqlite_where=elite)
    op.create_index("trial_night", "trial", ["night", "evaluated"])


def _journal() -> None:
    op.create_table(
        "event",
        sa.Column("number", sa.Integer(), primary_key=True),
        _text("kind"),
        _text("subject"),
        _json("detail"),
        _instant("at"),
    )
    op.create_index("ix_event_kind", "event", ["kind"])
    op.create_index("ix_event_subject", "event", ["subject"])


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.JSON(), nullable=False)


def _instant(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(), nullable=False)
