"""Sell a high with two lower ones on each side."""

WARMUP = 70


def signal(bars, p):
    h = bars.high
    out = np.zeros(len(h))
    out[2:-2] = np.where((h[2:-2] > h[:-4]) & (h[2:-2] > h[1:-3]) & (h[2:-2] > h[3:-1]) & (h[2:-2] > h[4:]), -1.0, 0.0)
    return out
