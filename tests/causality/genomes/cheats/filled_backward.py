"""Carry the next busy bar's sign backward."""

WARMUP = 70


def signal(bars, p):
    signs = np.where(bars.volume > 1.5 * ta.sma(bars.volume, 20), np.sign(bars.close - bars.open), 0.0)
    for i in range(2, len(signs) + 1):
        if signs[-i] == 0.0:
            signs[-i] = signs[-i + 1]
    return signs
