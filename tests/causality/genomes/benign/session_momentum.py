"""Follow the move since the open."""

TIMEFRAME = "1h"


def signal(bars, p):
    move = bars.close / ta.session_open(bars.open, bars.session) - 1.0
    return np.where(np.abs(move) > 0.003, np.sign(move), 0.0)
