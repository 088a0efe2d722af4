"""How does an answer show itself in a notebook? The same sheets as on a terminal, and pictures, as HTML."""

import base64
import io
from collections.abc import Callable

from matplotlib.axes import Axes
from rich.console import Console, RenderableType

from thermopkg.report.drawing import picture

COLUMNS = 118  # of a sheet, as on paper
FRAME = '<pre style="line-height:1.25;font-size:12px;overflow-x:auto">{code}</pre>'
DOTS = 110  # per inch


def html_of(block: RenderableType) -> str:
    """A sheet with its colours; what the user wrote is text, never markup."""
    console = Console(
        record=True, width=COLUMNS, file=io.StringIO(), markup=False, emoji=False, highlight=False,
        force_terminal=True, force_jupyter=False,
    )  # fmt: skip
    console.print(block)
    return console.export_html(inline_styles=True, code_format=FRAME)


def picture_of(draw: Callable[[Axes], object], size: tuple[float, float], told: str) -> str:
    """A drawing of `size` in mm inside the page itself, with what it shows in words."""
    stream = io.BytesIO()
    picture(draw, size).savefig(stream, dpi=DOTS, bbox_inches="tight", pad_inches=0.05)
    data = base64.b64encode(stream.getvalue()).decode("ascii")
    return f'<img alt="{told}" src="data:image/png;base64,{data}">'
