"""Which answers are known without this program? `case("FC01")` reads one from cases.toml, beside this file."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tests.exact.spreading import Patch
from tests.exact.stack import Contact, Element, Layer, isotropic


@dataclass(frozen=True, eq=False)
class ExactCase:
    """A problem, its answers and where they come from. SI; `tolerance` is relative."""

    name: str
    title: str
    tolerance: float
    derivation: str
    origin: str
    inputs: Mapping[str, Any]
    values: Mapping[str, float]

    @property
    def layers(self) -> tuple[Element, ...]:
        """The stack named `layers` in the inputs, from bottom to top."""
        return stack_of(self.inputs["layers"])

    @property
    def sources(self) -> tuple[Patch, ...]:
        """The heated rectangles, in the order of the inputs."""
        return tuple(Patch(tuple(s["x"]), tuple(s["y"]), s["interface"]) for s in self.inputs["sources"])

    @property
    def powers(self) -> tuple[float, ...]:
        """Watts in the sources, in the same order."""
        return tuple(source["power"] for source in self.inputs["sources"])


def stack_of(tables: list[dict[str, Any]]) -> tuple[Element, ...]:
    """Layers and contacts from their tables: `thickness` and `conductivity`, or `contact`."""
    elements: list[Element] = []
    for table in tables:
        if "contact" in table:
            elements.append(Contact(table["contact"]))
        elif isinstance(table["conductivity"], list):
            elements.append(Layer(table["thickness"], tuple(table["conductivity"])))
        else:
            elements.append(isotropic(table["thickness"], table["conductivity"]))
    return tuple(elements)


@cache
def _tables() -> dict[str, dict[str, Any]]:
    return tomllib.loads(Path(__file__).with_name("cases.toml").read_text(encoding="utf-8"))


def case_names() -> tuple[str, ...]:
    """Every case there is."""
    return tuple(_tables())


def case(name: str) -> ExactCase:
    """Read a case by its name.

    Raises
    ------
    KeyError : no such case; the message lists those there are
    """
    if name not in _tables():
        raise KeyError(f"no case {name!r}; there are {', '.join(_tables())}")
    table = dict(_tables()[name])
    inputs, values = MappingProxyType(table.pop("inputs")), MappingProxyType(table.pop("values"))
    return ExactCase(name=name, inputs=inputs, values=values, **table)
