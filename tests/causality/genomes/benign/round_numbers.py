"""Fade a close near a round price."""


def signal(bars, p):
    rest = bars.close % 10.0
    return np.where(rest < 0.5, -1.0, np.where(rest > 9.5, 1.0, 0.0))
