"""Go with a strong bar on a surge of volume for a few bars."""

TIMEFRAME = "15m"
PARAMS = {
    "n": (52, 13, 130),
    "surge": (2.5, 1.3, 6.0),
    "place": (0.75, 0.55, 0.95),
    "hold": (6, 1, 26),
}
EXITS = {"stop_atr": 2.0, "session_end": True}


def signal(bars, p):
    busy = ta.relative_volume(bars.volume, p["n"]) > p["surge"]
    place = ta.ibs(bars.high, bars.low, bars.close)
    buyers = busy & (place > p["place"])
    sellers = busy & (place < 1.0 - p["place"])
    return ta.latch(buyers, sellers, p["hold"]) - ta.latch(sellers, buyers, p["hold"])
