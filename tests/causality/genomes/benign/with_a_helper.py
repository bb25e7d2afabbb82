"""Split the rule into functions."""


def stretch(x, n):
    return (x - ta.sma(x, n)) / ta.stdev(x, n)


def agreed(one, other):
    return np.where((one > 0.0) & (other > 0.0), 1.0, 0.0)


def signal(bars, p):
    return agreed(stretch(bars.close, 10), stretch(bars.close, 40))
