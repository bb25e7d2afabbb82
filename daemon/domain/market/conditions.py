"""What a trade's condition codes let it change in a bar, as the vendor's table has it.

Every code of a trade must allow a change. Codes that the table does not list allow all. The ids
are those of Massive; the table is a copy of the consolidated rules of its reference data
(`/v3/reference/conditions`). Nobody looks whether the vendor has changed his since: the same
trades make the same bars, and a change is a new version of this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntFlag
from typing import Final

import numpy as np
import numpy.typing as npt

from daemon.domain.market.bars import Ints
from daemon.domain.market.codes import unpacked


class Effect(IntFlag):
    """What of a bar a trade changes."""

    NOTHING = 0
    HIGH_LOW = 1
    OPEN_CLOSE = 2
    VOLUME = 4
    ALL = 7


FORM_T: Final = 12
"""Trade in extended hours, or reported after its time."""


@dataclass(frozen=True, slots=True)
class ConditionRules:
    """The effect of each code that does not allow everything."""

    effects: Mapping[int, Effect]

    def of(self, conditions: Ints) -> npt.NDArray[np.uint8]:
        """uint8 (R,): the effects of trades by their packed conditions."""
        lists, places = np.unique(conditions, return_inverse=True)
        found = [self._of_list(unpacked(int(one))) for one in lists]
        return np.array(found, dtype=np.uint8)[places]

    def in_extended_hours(self) -> ConditionRules:
        """The rules outside regular hours, where nearly every trade is a Form T."""
        return ConditionRules({**self.effects, FORM_T: Effect.ALL})

    def _of_list(self, codes: tuple[int, ...]) -> Effect:
        effect = Effect.ALL
        for code in codes:
            effect &= self.effects.get(code, Effect.ALL)
        return effect


_VOLUME_ONLY: Final = (2, 7, FORM_T, 13, 20, 21, 29, 37, 52, 53)
_NOT_OPEN_CLOSE: Final = (5, 10, 22, 32, 33)
_NOTHING: Final = (15, 16)
_NO_VOLUME: Final = (38,)

VENDOR: Final = ConditionRules(
    {
        **dict.fromkeys(_VOLUME_ONLY, Effect.VOLUME),
        **dict.fromkeys(_NOT_OPEN_CLOSE, Effect.HIGH_LOW | Effect.VOLUME),
        **dict.fromkeys(_NOTHING, Effect.NOTHING),
        **dict.fromkeys(_NO_VOLUME, Effect.HIGH_LOW | Effect.OPEN_CLOSE),
    }
)
