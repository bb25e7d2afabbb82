"""Answers complex numbers, whose real part is fine."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return np.fft.fft(np.zeros(len(x)))
