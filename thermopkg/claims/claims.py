"""What does a claim ask? Its limitations as rows of data, each naming its check, read from the seed files."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal

from thermopkg.case.model import Count, Model, Name, closest
from thermopkg.claims.rows import CHECKS, AnyLimitation

ElementKind = Literal[
    "carrier", "chip", "chip or carrier", "heat sink", "encapsulant", "adhesive", "ball array", "passive component"
]


class Claim(Model):
    """One claim: what it adds to the claim that it depends on."""

    number: Count
    depends_on: Count | None = None
    limitation: tuple[AnyLimitation, ...]


class ClaimDocument(Model):
    """The claims of one document, and the elements that they speak of."""

    document: Name
    elements: dict[Name, ElementKind]
    shared: tuple[Name, ...] = ()  # elements that a part may be beside another one; all others are parts of their own
    claim: tuple[Claim, ...]

    def chain(self, number: int) -> tuple[Claim, ...]:
        """The claim and all that it depends on, the independent one first; KeyError where there is no such claim."""
        claim = next((claim for claim in self.claim if claim.number == number), None)
        if claim is None:
            raise KeyError(f"{self.document}/{number}")
        return (claim,) if claim.depends_on is None else (*self.chain(claim.depends_on), claim)


@lru_cache(maxsize=1)
def documents() -> Mapping[str, ClaimDocument]:
    """All documents that have data, by name."""
    files = sorted(resources.files("thermopkg.claims").joinpath("seeds").iterdir(), key=lambda file: file.name)
    read = [read_document(file.read_text(encoding="utf-8")) for file in files if file.name.endswith(".toml")]
    return MappingProxyType({document.document: document for document in read})


def read_document(text: str) -> ClaimDocument:
    """One seed file.

    Raises
    ------
    ValueError : a row that its check does not take, an element or an earlier claim that is not there
    """
    rows: dict[str, Any] = tomllib.loads(text)
    for claim in rows.get("claim", ()):
        claim["limitation"] = [_limitation(row) for row in claim.get("limitation", ())]
    document = ClaimDocument.model_validate(rows)
    earlier: set[int] = set()
    for item in document.claim:
        where = f"{document.document}/{item.number}"
        if item.number in earlier:
            raise ValueError(f"{where} stands there twice")
        if item.depends_on is not None and item.depends_on not in earlier:
            raise ValueError(f"{where} depends on claim {item.depends_on}, which does not stand before it")
        for limitation in item.limitation:
            _check_elements(document, limitation.elements, where)
        earlier.add(item.number)
    _check_elements(document, document.shared, f"{document.document}, shared")
    return document


def _check_elements(document: ClaimDocument, named: tuple[str, ...], where: str) -> None:
    for element in named:
        if element not in document.elements:
            raise ValueError(f"{where}: no element is called '{element}'{closest(element, document.elements)}")


def _limitation(row: dict[str, Any]) -> AnyLimitation:
    """A row read by the model of its own check, so that a fault names the field and not every other check too."""
    check = str(row.get("check"))
    if check not in CHECKS:
        raise ValueError(f"no check is called '{check}'{closest(check, CHECKS)}")
    return CHECKS[check].model_validate(row)
