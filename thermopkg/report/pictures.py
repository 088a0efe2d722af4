"""Which pictures belong to an answer? The package, temperatures in section and plan, heat paths and flows, powers."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from matplotlib.axes import Axes

from thermopkg.answer.adapt import Step
from thermopkg.answer.answer import Answer
from thermopkg.answer.path import HeatPath
from thermopkg.report.allowed import draw_allowed_power
from thermopkg.report.drawing import picture
from thermopkg.report.exploded import draw_exploded, page_size
from thermopkg.report.plots import draw_heat_path, draw_layout, draw_plan, draw_section, draw_temperature
from thermopkg.report.refinement import draw_refinement
from thermopkg.report.result import ZERO_CELSIUS
from thermopkg.report.sankey import draw_sankey

WIDE, SQUARE, TALL, NARROW = (
    (160.0, 85.0),
    (125.0, 105.0),
    (150.0, 130.0),
    (100.0, 75.0),
)  # mm, for a page between its margins
DOTS = 200  # per inch
RIM = 0.05  # inch of white around the drawing


def save_pictures(folder: Path, answer: Answer, paths: Mapping[str, HeatPath], steps: Sequence[Step]) -> None:
    """Write the package, its temperatures, plan and heat path of every heated chip, and how the mesh was found.

    Where it is known also which way the watts go, and for two chips under a limit which powers they may have.
    """
    model, celsius = answer.model, answer.temperature - ZERO_CELSIUS
    save(folder / "section.png", partial(draw_section, model), WIDE)
    save(folder / "layout.png", partial(draw_layout, model), SQUARE)
    save(folder / "exploded.png", partial(draw_exploded, model), page_size(model))
    save(folder / "temperature.png", partial(draw_temperature, model, celsius), WIDE)
    for face in model.package.active_faces:
        if face.part in paths:
            plan = partial(draw_plan, model, celsius, z=face.z, part=face.part)
            save(folder / f"plan-{face.part}.png", plan, SQUARE)
            save(folder / f"heat-path-{face.part}.png", partial(draw_heat_path, paths[face.part]), WIDE)
    if answer.heat is not None and answer.heat.flows.exits:
        save(folder / "heat-flow.png", partial(draw_sankey, answer.heat.flows), WIDE)
    if answer.allowed is not None and answer.allowed.safe:
        allowed = partial(draw_allowed_power, answer.allowed, answer.reference - ZERO_CELSIUS)
        save(folder / "allowed-power.png", allowed, SQUARE)
    if steps:
        save(folder / "refinement.png", partial(draw_refinement, steps), NARROW)


def save(path: Path, draw: Callable[[Axes], Axes], size: tuple[float, float]) -> None:
    """One drawing of `size` in mm as a PNG."""
    picture(draw, size).savefig(path, dpi=DOTS, bbox_inches="tight", pad_inches=RIM)
