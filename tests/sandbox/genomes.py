"""Genome texts that pass the gate, for the sandbox tests."""

from __future__ import annotations

CROSS = '''"""Hold while the fast mean is above the slow one."""

TIMEFRAME = "1d"
PARAMS = {"fast": 10, "slow": 40}


def signal(bars, p):
    return np.where(ta.sma(bars.close, p["fast"]) > ta.sma(bars.close, p["slow"]), 1.0, 0.0)
'''

ROTATE = '''"""Split the account between the symbols that rose."""

TIMEFRAME = "1d"


def rotate(panel, p):
    risen = np.where(panel.close > panel.open, 1.0, 0.0)
    return risen / 8.0
'''

_FRAME = '''"""{idea}"""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    {body}
'''


def genome(body: str, idea: str = "A test.") -> str:
    """A genome whose signal has this body."""
    return _FRAME.format(idea=idea, body=body)


GATED_CHEATS = {
    "next close": """x = bars.close.copy()
    x[:-1] = bars.close[1:]
    return np.where(x > bars.close, 1.0, 0.0)""",
    "reversed": "return np.where(bars.close[::-1] > bars.close, 1.0, 0.0)",
    "last close": "return np.where(bars.close < bars.close[-1], 1.0, 0.0)",
    "length": "return np.arange(len(bars.close)) / len(bars.close)",
    "next in a loop": """x = bars.close.copy()
    for i in range(len(x) - 1):
        x[i] = bars.close[i + 1]
    return np.where(x > bars.close, 1.0, 0.0)""",
    "highest of all": """top = 0.0
    for i in range(len(bars.close)):
        if bars.close[i] > top:
            top = bars.close[i]
    return np.where(bars.close > 0.8 * top, 1.0, 0.0)""",
    "next by index": """i = np.minimum(np.arange(len(bars.close)) + 1, len(bars.close) - 1)
    return np.where(bars.close[i] > bars.close, 1.0, 0.0)""",
    "smoothed from the end": """x = bars.close.copy()
    for i in range(1, len(x)):
        x[-i - 1] = 0.2 * x[-i - 1] + 0.8 * x[-i]
    return np.where(x > bars.close, 1.0, 0.0)""",
    "one fixed bar": """if bars.close[700] > bars.close[10]:
        return np.ones(len(bars.close))
    return np.zeros(len(bars.close))""",
    "shifted round": """x = np.concatenate((bars.close[1:], bars.close[:1]))
    return np.where(x > bars.close, 1.0, 0.0)""",
    "back-filled": """m = ta.sma(bars.close, 40).copy()
    m[:39] = m[39]
    return np.where(bars.close > m, 1.0, 0.0)""",
    "last bar of a session": """x = bars.session.copy()
    x[:-1] = bars.session[1:]
    return np.where(x != bars.session, 1.0, 0.0)""",
}
"""Bodies of `signal` that look ahead in ways that no static check sees."""
