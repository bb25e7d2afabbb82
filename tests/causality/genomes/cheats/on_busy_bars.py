"""Peek on busy bars only."""

WARMUP = 70


def signal(bars, p):
    x = bars.close.copy()
    x[:-1] = bars.close[1:]
    busy = bars.volume > 1.5 * ta.sma(bars.volume, 20)
    return np.where(np.where(busy, x, bars.close) > bars.open, 1.0, 0.0)
