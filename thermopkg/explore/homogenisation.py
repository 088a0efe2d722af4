"""Which joints of a case could be one medium, and what do the answers do then? The case both ways, side by side."""

from collections.abc import Mapping
from dataclasses import dataclass

from thermopkg.answer.metrics import Metric
from thermopkg.case.case import Case
from thermopkg.case.part import JointModel
from thermopkg.claims.worth import Difference, differences
from thermopkg.errors import GeometryError
from thermopkg.package.lumping import joints_of, with_joint_model
from thermopkg.package.placing import place
from thermopkg.package.solids import Solid


@dataclass(frozen=True, eq=False)
class Run:
    """The case with its joints modelled in one way: what the study asks for, and what it took."""

    name: str  # of the way
    metrics: tuple[Metric, ...]
    media: tuple[Solid, ...]  # that stand for joints
    n_cells: int
    seconds: float


@dataclass(frozen=True, eq=False)
class Cost:
    """The case with every joint by itself, and with its grids of joints as media.

    `kept` says of each array of joints that stays as it is why that is so.
    """

    title: str
    explicit: Run
    others: tuple[Run, ...]
    kept: Mapping[str, str]

    def differences(self, run: Run) -> tuple[Difference, ...]:
        """Number by number, homogenised less explicit, and between which two bounds that lies for certain."""
        return differences(self.explicit.metrics, run.metrics)


def modelled(case: Case, models: Mapping[str, JointModel]) -> Case:
    """The case with the joints of some parts modelled in another way, by the part's name."""
    parts = [with_joint_model(part, models[part.name]) if part.name in models else part for part in case.part]
    return case.model_copy(update={"part": tuple(parts)})


def homogenisable(case: Case) -> tuple[tuple[str, ...], Mapping[str, str]]:
    """The parts whose joints can be one medium, and of each other part that has joints why they cannot.

    Raises
    ------
    GeometryError : the parts do not fit together whatever the model
    """
    arrays = {part.name: joints for part in case.part if (joints := joints_of(part)) is not None}
    explicit = modelled(case, dict.fromkeys(arrays, "explicit"))
    place(explicit)
    kept: dict[str, str] = {}
    for name, joints in arrays.items():
        partial = [key for key in ("places", "mask", "rows") if getattr(joints, key) is not None]
        if partial:
            kept[name] = f"names {' and '.join(partial)}: no whole grid"
            continue
        try:
            place(modelled(explicit, {name: "effective"}))
        except GeometryError as error:
            kept[name] = "; ".join(fault.message for fault in error.faults)
    return tuple(name for name in arrays if name not in kept), kept
