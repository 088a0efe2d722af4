"""Which package reads on which claim, how does it look, and how hot is it? Writes docs/claims.md from the cases.

    python docs/make/claims_page.py            the page and its pictures
    python docs/make/claims_page.py --check    exit 1 where the page is not what the cases say

Numbers come from each case's expected.json, verdicts and drawings from its geometry; nothing is solved.
"""

import argparse
import sys
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from matplotlib.axes import Axes

from thermopkg import suite
from thermopkg.answer.answer import ACTIVE
from thermopkg.case.case import Case
from thermopkg.claims.chart import ClaimVerdict, LimitationVerdict, chart, claim_names
from thermopkg.mesh.voxel import VoxelModel
from thermopkg.regress.record import EXPECTED, Number, read_record
from thermopkg.report.digits import decimals, interval
from thermopkg.report.drawing import picture
from thermopkg.report.exploded import draw_exploded, page_size
from thermopkg.report.plots import draw_layout, draw_section
from thermopkg.report.result import SYMBOLS
from thermopkg.workflow import geometry, read_any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PAGE, PICTURES = ROOT / "docs" / "claims.md", ROOT / "docs" / "images" / "claims"
SECTION, PLAN = (160.0, 85.0), (125.0, 105.0)  # mm
DOTS = 110  # per inch; sharp on a screen, small in the repository


@dataclass(frozen=True)
class Embodiment:
    """One case as the page shows it."""

    name: str
    title: str
    description: str
    variant: bool  # changes another case in some detail and names the same claims
    model: VoxelModel
    verdicts: tuple[ClaimVerdict, ...]
    numbers: tuple[str, ...]

    @property
    def met(self) -> bool:
        """Whether it is an example of all claims that it names."""
        return bool(self.verdicts) and all(verdict.verdict == "met" for verdict in self.verdicts)

    @property
    def failing(self) -> tuple[tuple[str, LimitationVerdict], ...]:
        """Claim and limitation, each limitation once, that keep a claim from being met."""
        found = {
            row.text: (verdict.name, row)
            for verdict in reversed(self.verdicts)
            for row in verdict.limitations
            if row.counts_as != "met"
        }
        return tuple(reversed(found.values()))

    def breaks(self, claim: str) -> bool:
        """Whether a limitation of the claim itself is not met, and not only of one that it depends on."""
        own = (row for verdict in self.verdicts if verdict.name == claim for row in verdict.limitations)
        return any(row.counts_as != "met" for row in own)

    def verdict_on(self, claim: str) -> str | None:
        return next((verdict.verdict for verdict in self.verdicts if verdict.name == claim), None)


def packages() -> list[tuple[Path, Case]]:
    """Every shipped case that has parts, and may meet a claim."""
    cases = [(path, read_any(path)) for path in suite.find_cases([ROOT / "cases"])]
    return [(path, case) for path, case in cases if isinstance(case, Case)]


def embodiment(path: Path, case: Case) -> Embodiment:
    """A case from a file, with its verdicts and the numbers that are kept beside it."""
    model = geometry(case)
    kept = read_record(path.with_name(EXPECTED))
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    return Embodiment(
        path.parent.name,
        case.title,
        " ".join(case.description.split()),
        "extends" in document and "claims" not in document.get("study", {}),
        model,
        chart(model, case.study.claims),
        tuple(_told(name, number) for name, number in kept.metrics.items()),
    )


def _told(name: str, number: Number) -> str:
    bracket = number.bracket
    digits = decimals(bracket.half_width)
    symbol = SYMBOLS.get(name) or f"rise of {name.removesuffix(ACTIVE)}"
    return f"{symbol} = {bracket.value:.{digits}f} {number.unit} within {interval(bracket, digits)}"


def page(found: Sequence[Embodiment]) -> str:
    """The page as Markdown."""
    environment = Environment(
        loader=FileSystemLoader(HERE), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True, autoescape=False,
    )  # fmt: skip
    environment.filters["plain"] = lambda text: text.replace("|", "\\|").replace("<", "&lt;")
    environment.filters["spans"] = spans
    positive, negative = [e for e in found if e.met], [e for e in found if e.verdicts and not e.met]
    return environment.get_template("claims_page.md.jinja").render(
        embodiments=[e for e in positive if not e.variant], variants=[e for e in positive if e.variant],
        negative=negative, claims=claim_names(),
        examples={c: [e for e in positive if e.verdict_on(c) == "met"] for c in claim_names()},
        counters={c: [e for e in negative if e.breaks(c)] for c in claim_names()},
    )  # fmt: skip


def spans(verdicts: Sequence[ClaimVerdict]) -> str:
    """Names of claims with runs of numbers drawn together: "heat-sink/1 to 3, 8; stacked/2"."""
    told = []
    for document in dict.fromkeys(verdict.document for verdict in verdicts):
        numbers = sorted(verdict.claim for verdict in verdicts if verdict.document == document)
        runs = [list(run) for _, run in groupby(enumerate(numbers), key=lambda item: item[1] - item[0])]
        ends = [(run[0][1], run[-1][1]) for run in runs]
        told.append(f"{document}/" + ", ".join(_run(a, b) for a, b in ends))
    return "; ".join(told)


def _run(first: int, last: int) -> str:
    return f"{first} to {last}" if last > first + 1 else f"{first}, {last}" if last > first else f"{first}"


def draw(found: Sequence[Embodiment], folder: Path) -> None:
    """Section, plan and exploded view of every embodiment that meets its claims and is no variant of another."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    for item in found:
        if item.met and not item.variant:
            _save(folder / f"{item.name}-section.png", partial(draw_section, item.model), SECTION)
            _save(folder / f"{item.name}-plan.png", partial(draw_layout, item.model), PLAN)
            _save(folder / f"{item.name}-exploded.png", partial(draw_exploded, item.model), page_size(item.model))


def _save(path: Path, drawing: Callable[[Axes], Axes], size: tuple[float, float]) -> None:
    picture(drawing, size).savefig(path, dpi=DOTS, bbox_inches="tight", pad_inches=0.05)


def main() -> int:
    parser = argparse.ArgumentParser(description="Write docs/claims.md from the cases.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where the page is not up to date")
    options = parser.parse_args()
    found = [embodiment(path, case) for path, case in packages()]
    text = page(found)
    if options.check:
        return 0 if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text else 1
    draw(found, PICTURES)
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
