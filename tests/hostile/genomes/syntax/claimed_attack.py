"""Claims to have attacked, so that the owner is woken for nothing."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    from daemon.errors import GenomeRefused, Reason

    raise GenomeRefused([Reason("security", 1, "x")])
