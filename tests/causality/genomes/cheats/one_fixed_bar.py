"""Decide for all time by two bars in the middle."""

WARMUP = 70


def signal(bars, p):
    return np.ones(len(bars.close)) if bars.close[900] > bars.close[700] else np.zeros(len(bars.close))
