"""Lean on a line drawn from zero to one."""

WARMUP = 70


def signal(bars, p):
    return np.linspace(0.0, 1.0, len(bars.close))
