"""Builds a huge product with a text that einsum reads."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = np.einsum("i,j,k,l->ijkl", x, x, x, x[:8])
    return x * y.sum()
