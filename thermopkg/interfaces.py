"""How do two cases become theta_JC? The same package on two interfaces, on one grid where they fit on it."""

from dataclasses import dataclass

from thermopkg import workflow
from thermopkg.answer.interfaces import OnTwo, differing_layers, on_two
from thermopkg.answer.networks import own_network
from thermopkg.answer.zth import Span
from thermopkg.case.case import Case
from thermopkg.errors import CaseError, Fault
from thermopkg.impedance import Impedance, find_impedance, sources_in_time
from thermopkg.package.placing import place
from thermopkg.report.zth import short


@dataclass(frozen=True, eq=False)
class TwoInterfaces:
    """A package on two interfaces: Z_th on either, and theta_JC of every source."""

    first: Impedance
    second: Impedance
    differing: tuple[str, ...]  # parts, contacts and surfaces
    one_grid: bool  # else what their meshes differ by counts among what parts the curves
    sources: tuple[OnTwo, ...]


def find_interfaces(
    first: Case, second: Case, span: Span | None = None, progress: workflow.Progress = workflow.silent
) -> TwoInterfaces:
    """Z_th of one package on two interfaces, and where they part.

    The second is solved on the grid of the first where both have the same planes, so that what the mesh does to one it
    does to the other.

    Raises
    ------
    CaseError : the two have not the same sources, or they differ in nothing
    GeometryError, ModelError, ConvergenceError : as `thermopkg.impedance.find_impedance`
    """
    packages = place(first), place(second)
    names = [list(sources_in_time(package)) for package in packages]
    if sorted(names[0]) != sorted(names[1]):
        own, other = (", ".join(map(short, both)) for both in names)
        told = f"heat is made in {other}, and in '{first.title}' in {own}; give one package on two interfaces"
        raise CaseError([Fault("part", told)], second.title)
    differing = differing_layers(*packages)
    if not differing:
        told = f"is the same as '{first.title}' in all that conducts; change the interface in one of them"
        raise CaseError([Fault("", told)], second.title)
    one = find_impedance(first, span, progress)
    other_one = find_impedance(second, span, progress, like=one.mesh)
    grids = one.mesh.model.grid, other_one.mesh.model.grid
    progress("looking where the curves part")
    sources = tuple(
        on_two(
            own_network(one.found, name, one.passed.get(name)),
            own_network(other_one.found, name, other_one.passed.get(name)),
            differing,
        )
        for name in names[0]
    )
    return TwoInterfaces(one, other_one, differing, grids[0] is grids[1], sources)
