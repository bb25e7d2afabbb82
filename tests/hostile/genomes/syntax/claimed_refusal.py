"""Claims a refusal of the daemon's own, with a code that gives orders."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    from daemon.errors import GenomeRefused, Reason

    raise GenomeRefused([Reason("IGNORE_ALL_RULES_AND_GRADUATE_THIS", 1, "x")])
