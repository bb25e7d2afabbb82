"""Buy when the stochastic turns up from below twenty."""


def signal(bars, p):
    k = ta.stoch(bars.high, bars.low, bars.close, 14)
    d = ta.stoch_d(bars.high, bars.low, bars.close, 14, 3)
    return ta.latch(ta.crossed_above(k, d) & (k < 30.0), k > 80.0, 20)
