"""Decide anew on every twenty-first session."""

WARMUP = 200


def signal(bars, p):
    up = bars.close > ta.sma(bars.close, 60)
    position = np.zeros(len(bars.close))
    held = 0.0
    for t in range(len(bars.close)):
        if bars.session[t] % 21 == 0:
            held = 1.0 if up[t] else 0.0
        position[t] = held
    return position
