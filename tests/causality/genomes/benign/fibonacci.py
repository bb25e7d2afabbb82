"""Retracements of the last swing, with their usual numbers."""


def signal(bars, p):
    top, bottom = ta.highest(bars.high, 50), ta.lowest(bars.low, 50)
    place = (bars.close - bottom) / (top - bottom)
    return np.select([place < 0.236, place < 0.382, place < 0.618, place > 0.786], [0.0, 1.0, 0.5, -0.5], 0.0)
