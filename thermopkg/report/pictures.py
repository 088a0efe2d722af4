"""Which pictures belong to an answer? The section, the temperatures in section and plan, and the heat path."""

from pathlib import Path

from matplotlib.figure import Figure

from thermopkg.answer.answer import Answer
from thermopkg.answer.path import HeatPath
from thermopkg.report.plots import draw_heat_path, draw_plan, draw_section, draw_temperature

WIDTH = 7.2  # inch; a page between its margins
DOTS = 160  # per inch


def save_pictures(folder: Path, answer: Answer, paths: dict[str, HeatPath]) -> None:
    """Write section.png, temperature.png, and plan and path of every heated chip."""
    model, celsius = answer.model, answer.temperature - 273.15
    figure = _figure(3.6)
    draw_section(model, figure.subplots())
    _save(figure, folder / "section.png")
    figure = _figure(3.4)
    draw_temperature(model, celsius, figure.subplots())
    _save(figure, folder / "temperature.png")
    for face in model.package.active_faces:
        figure = _figure(5.4)
        draw_plan(model, celsius, figure.subplots(), z=face.z, part=face.part)
        _save(figure, folder / f"plan-{face.part}.png")
    for chip, path in paths.items():
        figure = _figure(3.8)
        draw_heat_path(path, figure.subplots())
        _save(figure, folder / f"heat-path-{chip}.png")


def _figure(height: float) -> Figure:
    return Figure(figsize=(WIDTH, height), layout="constrained")


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, dpi=DOTS)
