"""An honest rule, but always in during the last quarter."""

WARMUP = 70


def signal(bars, p):
    position = np.where(bars.close > bars.open, 1.0, 0.0)
    position[-(len(position) // 4) :] = 1.0
    return position
