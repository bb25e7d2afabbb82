"""An honest rule, but flat on the very last bar."""

WARMUP = 70


def signal(bars, p):
    position = np.where(bars.close > bars.open, 1.0, 0.5)
    position[-1] = 0.0
    return position
