"""`graduations`: the finalists, the evidence for each, and what stands in its way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from daemon.cli.options import AsJson, Config, State, load

if TYPE_CHECKING:
    from daemon.domain.evolution.dossier import Dossier

graduations_app = typer.Typer(help="The steps of the ladder.", no_args_is_help=True)


@graduations_app.command("list")
def list_(config: Config = None, state: State = None, as_json: AsJson = False) -> None:
    """List the finalists of all nights, newest first.

    Example: nightshift graduations list
    """
    from daemon.cli.output import out, print_json, print_table
    from daemon.supervisor.places import rehearsals
    from daemon.supervisor.proving.desk import dossiers

    loaded = load(config, state)
    found = [_summary(each.document, each.evidence_hash) for each in dossiers(loaded)]
    if as_json:
        print_json(found)
        return
    if not found:
        elsewhere = rehearsals(loaded, lambda store: store.proofs.dossiers())
        also = f" But {elsewhere}." if elsewhere else ""
        out.print(
            f"No strategy was put to the tests of the ladder yet.{also}",
            markup=False,
            soft_wrap=True,
        )
        return
    rows = [
        (one["id"], one["name"], one["stage"], "yes" if one["taken"] else "no", one["failed"])
        for one in found
    ]
    print_table("", ("id", "genome", "step to", "taken", "what stood in the way"), rows)


@graduations_app.command("show")
def show(
    id: Annotated[str, typer.Argument(help="Beginning of an id or of a genome's hash.")],
    config: Config = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Show the evidence for a finalist; with --json the dossier itself.

    Example: nightshift graduations show 3f2a
    """
    from daemon.cli.output import out, print_json, print_table
    from daemon.domain.briefing.sealed import look_sentences
    from daemon.supervisor.proving.desk import dossier

    found = dossier(load(config, state), id)
    if as_json:
        print_json(found.document)
        return
    genome = found.document["genome"]
    out.print(f"{genome['name']}: {genome['idea']}", markup=False, soft_wrap=True)
    rows = [(c["name"], "passed" if c["passed"] else "FAILED", c["words"]) for c in _checks(found)]
    print_table(f"evidence {found.evidence_hash}", ("check", "", "what was found"), rows)
    for sentence in look_sentences(found):
        out.print(sentence, markup=False, soft_wrap=True)


def _checks(found: Dossier) -> list[Mapping[str, Any]]:
    return list(found.document["checks"])


def _summary(document: Mapping[str, Any], evidence: str) -> dict[str, Any]:
    failed = [check for check in document["checks"] if not check["passed"]]
    return {
        "id": evidence[:12],
        "genome": document["genome"]["hash"],
        "name": document["genome"]["name"],
        "night": document["night"],
        "stage": document["step"]["to"],
        "taken": document["step"]["taken"],
        "evidence_hash": evidence,
        "expires": None,
        "failed": failed[0]["words"] if failed else "",
        "checks": document["checks"],
    }
