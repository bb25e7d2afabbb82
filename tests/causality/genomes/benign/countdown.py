"""Hold three bars after a new high, counted down."""

WARMUP = 60


def signal(bars, p):
    fresh = bars.close >= ta.highest(bars.close, 20)
    position = np.zeros(len(bars.close))
    left = 0
    for t in range(len(bars.close)):
        left = 3 if fresh[t] else max(left - 1, 0)
        position[t] = 1.0 if left > 0 else 0.0
    return position
