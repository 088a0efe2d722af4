"""What stands for a system that follows its temperature? A linear one made near a field, and what it does beyond."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.system import ThermalSystem


@dataclass(frozen=True, eq=False)
class Beyond:
    """What a system does at some field of rises that the linear one which stands for it does not.

    `load` : W more into every point, shape of the lattice
    `left` : W more that leave; what `load` takes from the points without any `amounts`
    `amounts` : W more that sources make, by name; they are in `load`
    `seen` : K, temperatures of the faces and places that all of this follows, shape (n,)
    """

    load: FloatArray = field(default_factory=lambda: np.zeros(()))
    left: float = 0.0
    amounts: Mapping[str, float] = field(default_factory=dict)
    seen: FloatArray = field(default_factory=lambda: np.zeros(0))


NOTHING = Beyond()


class Standing(Protocol):
    """A linear system that stands for one which follows its temperature, made at the rises `read`, K."""

    @property
    def system(self) -> ThermalSystem:
        """The linear one."""

    @property
    def read(self) -> FloatArray | None:
        """Where it was made, K, shape of the lattice; None where nothing follows the temperature."""

    def beyond(self, rise: FloatArray, /) -> Beyond:
        """What is to be added at a field of rises, K."""

    def is_near(self, rise: FloatArray, /) -> bool:
        """Whether it still stands for the system at a field of rises, K."""

    def is_read_at(self, rise: FloatArray, /) -> bool:
        """Whether what is not told beyond it was read near enough to a field of rises, K."""

    def check(self, rise: FloatArray, time: float, /) -> None:
        """Whether anything is known of a package with such rises, K, at a time, s.

        Raises
        ------
        ModelError : it is too hot
        """


Following = Callable[[FloatArray | None], Standing]  # rises, K, none at first -> what stands for the system there


@dataclass(frozen=True, eq=False)
class Fixed:
    """A system that stays as it is."""

    system: ThermalSystem
    read: None = None

    def beyond(self, _: FloatArray) -> Beyond:
        """Nothing."""
        return NOTHING

    def is_near(self, _: FloatArray) -> bool:
        """Everywhere."""
        return True

    def is_read_at(self, _: FloatArray) -> bool:
        """Everywhere."""
        return True

    def check(self, _: FloatArray, __: float) -> None:
        """Nothing that stays as it is can be known too little of."""
