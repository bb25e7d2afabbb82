"""`tribunal`: the whole pipeline on worlds without an edge, in which nothing may graduate."""

from __future__ import annotations

from typing import Annotated

import typer

from daemon.cli.options import AsJson, Config, State, Write, load


def tribunal(
    campaigns: Annotated[int, typer.Option(min=1, help="Worlds without an edge.")] = 20,
    evaluations: Annotated[int, typer.Option(min=1, help="Trials in each.")] = 1500,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, other worlds.")] = 1,
    oracles: Annotated[
        int, typer.Option(min=0, help="Worlds with an edge, whose oracles have to pass.")
    ] = 18,
    write: Write = None,
    config: Config = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Try the whole pipeline where there is nothing to find, and where there is.

    Example: nightshift tribunal --campaigns 20 --evaluations 1500 --json

    Exit code 1 if anything graduates without an edge, if a Sharpe ratio there is impossible (the
    engine leaks), or if the gates let too few oracles through.
    """
    import asyncio

    from daemon.cli.evidence_view import command, keep, require_place, tribunal_section
    from daemon.cli.measure_view import print_verdict, watching_campaigns
    from daemon.cli.output import print_json
    from daemon.supervisor.measured.hearing import Charge
    from daemon.supervisor.measured.hearing import tribunal as held

    loaded = load(config, state)
    require_place(write, "tribunal")
    charge = Charge(campaigns, evaluations, seed, oracles)
    with watching_campaigns(campaigns + oracles, as_json) as step:
        verdict = asyncio.run(held(loaded, charge, lambda place, answer: step()))
    options = {"campaigns": campaigns, "evaluations": evaluations, "seed": seed, "oracles": oracles}
    keep(write, tribunal_section(verdict, command("tribunal", options)))
    if as_json:
        print_json(verdict)
    else:
        print_verdict(verdict)
    if not verdict["ok"]:
        raise typer.Exit(1)
