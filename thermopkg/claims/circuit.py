"""What is joined to what electrically? Contacts, landings, and the conductors between them, cell by cell."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from thermopkg.arraytypes import BoolArray, IntArray
from thermopkg.claims.rows import Conductor
from thermopkg.claims.structure import Structure, around, beside, bodies, cells_of, numbers_in, once
from thermopkg.mesh.voxel import NOTHING
from thermopkg.package.solids import Role

JOINTS: tuple[Role, ...] = ("bumps", "balls", "pads", "leads", "vias", "traces", "wires", "terminals")
ROLES: Mapping[Conductor, tuple[Role, ...]] = {"vias": ("vias", "via fill"), "traces": ("traces",)}


@dataclass(frozen=True, eq=False)
class Circuit:
    """The conductors of a structure. Cells that share a face conduct into each other; edges and corners do not."""

    structure: Structure
    known: dict[tuple[object, ...], Any] = field(default_factory=dict, repr=False)

    @cached_property
    def conducting(self) -> BoolArray:
        """Cells of electrical conductors, smeared ones included, shape (nx, ny, nz)."""
        return self.structure.cells(lambda region, _: region.electrical == "conductor")

    @cached_property
    def conductors(self) -> IntArray:
        """Number of the connected conductor that a cell belongs to, zero for none, shape (nx, ny, nz)."""
        return bodies(self.conducting)

    def of_roles(self, *roles: Role) -> BoolArray:
        """Conducting cells with one of these roles, shape (nx, ny, nz)."""
        return self.structure.cells(lambda region, _: region.role in roles) & self.conducting

    @once
    def pieces(self, *roles: Role) -> IntArray:
        """Connected conductors of cells with these roles alone, numbered from one, shape (nx, ny, nz)."""
        return bodies(self.of_roles(*roles))

    @once
    def contacts(self, part: str) -> IntArray:
        """Where current enters a part, numbered contact by contact, zero elsewhere, shape (nx, ny, nz).

        A chip's contacts are the joints that touch its active face; those of any other part its own conductors.
        """
        if self.structure.kind(part) != "chip":
            return bodies(self.structure.body(part) & self.conducting)
        return bodies(self.of_roles(*JOINTS) & self._at_face(part))

    def _at_face(self, chip: str) -> BoolArray:
        """Cells just outside the active face."""
        return beside(self.structure.body(chip), above=self.structure.face(chip).looks == "down")

    @once
    def landing(self, part: str) -> BoolArray:
        """Where a joint gets into a part: its contacts, and the pads that touch it; shape (nx, ny, nz).

        On a chip only pads on the active face count.
        """
        pads = self.pieces("pads")
        is_chip = self.structure.kind(part) == "chip"
        touching = numbers_in(pads, self._at_face(part) if is_chip else around(self.structure.body(part)))
        return np.asarray((self.contacts(part) > 0) | cells_of(pads, touching))

    @once
    def reach(self, part: str) -> BoolArray:
        """Cells of the landing and those that share a face with it, shape (nx, ny, nz)."""
        return self.landing(part) | around(self.landing(part))

    def leading(self, first: str, second: str) -> set[int]:
        """Numbers of the first part's contacts from which current gets to a contact of the second."""
        return self._leading(self.conductors, first, second)

    def leading_through(self, by: Conductor, chip: str, own: str, other: str) -> set[int]:
        """Numbers of the chip's contacts that lead from its own carrier to the other by way of the vias or traces."""
        return self._leading(self.between(by, frozenset((own, other))), chip, other)

    @once
    def between(self, by: Conductor, carriers: frozenset[str]) -> IntArray:
        """Connected conductors of two carriers, bumps, and the vias or traces, numbered from one; no others conduct."""
        return bodies(self._on_carriers(carriers) | self.of_roles(*ROLES[by]))

    @once
    def touching(self, carriers: frozenset[str]) -> bool:
        """Whether current gets from one of two carriers to the other with nothing but bumps and pads between."""
        labels = bodies(self._on_carriers(carriers))
        first, second = (numbers_in(labels, self.landing(part)) for part in carriers)
        return bool(first & second)

    def _on_carriers(self, carriers: frozenset[str]) -> BoolArray:
        first, second = (self.landing(part) for part in carriers)
        return np.asarray(self.of_roles("bumps") | first | second)

    def _leading(self, labels: IntArray, first: str, second: str) -> set[int]:
        contacts = self.contacts(first)
        shared = numbers_in(labels, contacts > 0) & numbers_in(labels, self.contacts(second) > 0)
        return numbers_in(contacts, cells_of(labels, shared))

    def path(self, first: str, second: str, labels: IntArray | None = None) -> str:
        """The solids that a current takes from one part's contacts to another's, where there is a way.

        Parameters
        ----------
        labels : connected conductors to keep to, by default all, shape (nx, ny, nz)
        """
        numbers = self.conductors if labels is None else labels
        starts, ends = self.contacts(first) > 0, self.contacts(second) > 0
        conductor = min(numbers_in(numbers, starts) & numbers_in(numbers, ends))
        model = self.structure.model
        region = np.where(numbers == conductor, model.region, NOTHING)
        size = len(model.regions)
        pairs: set[tuple[int, int]] = set()
        for axis in range(3):
            along = np.moveaxis(region, axis, 0)
            low, high = along[:-1], along[1:]
            meeting = (low != high) & (low != NOTHING) & (high != NOTHING)
            codes = np.unique(low[meeting].astype(np.int64) * size + high[meeting])
            pairs |= {divmod(int(code), size) for code in codes}
        goals = set(np.unique(region[ends]).tolist()) - {NOTHING}
        routes = deque([number] for number in sorted(set(np.unique(region[starts]).tolist()) - {NOTHING}))
        seen = {route[0] for route in routes}
        while routes[0][-1] not in goals:
            route = routes.popleft()
            onward = {a + b - route[-1] for a, b in pairs if route[-1] in (a, b)} - seen
            seen |= onward
            routes.extend([*route, number] for number in sorted(onward))
        words = " -> ".join(f"{model.regions[i].solid} ({model.regions[i].material})" for i in routes[0])
        sheets = (model.regions[i].solid for i in routes[0] if self.structure.solids[i].filler is not None)
        smeared = list(dict.fromkeys(sheets))
        if not smeared:
            return words
        verbs = "is smeared and conducts" if len(smeared) == 1 else "are smeared and conduct"
        return f"{words}; {' and '.join(smeared)} {verbs} in every direction"
