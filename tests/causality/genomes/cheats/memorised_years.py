"""Another rule for each stretch of sessions."""

WARMUP = 70


def signal(bars, p):
    early, late = bars.session < 420, bars.session > 1100
    return np.where(early, 1.0, np.where(late, -1.0, 0.0))
