"""What does a reader of the claims see? The chart as Markdown, and all claims sorted by their verdicts."""

import re
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from thermopkg.claims.chart import ClaimVerdict
from thermopkg.claims.finding import Verdict

STYLES: dict[Verdict, str] = {"met": "green", "not met": "bold red", "not shown": "yellow"}
SPECIAL = re.compile(r"([\\`*_\[\]<|])")  # what Markdown would read as more than a sign


def markdown(title: str, chart: Sequence[ClaimVerdict]) -> str:
    """The claim chart as one table: claim, limitation, verdict, evidence."""
    lines = [
        f"# Claim chart: {plain(title)}",
        "",
        "| claim | limitation | verdict | evidence |",
        "| --- | --- | --- | --- |",
    ]
    for verdict in chart:
        lines.append(f"| **{verdict.name}** | {parent(verdict)} | **{verdict.verdict}** | |")
        lines += [f"| | {plain(row.text)} | {row.verdict} | {plain(row.evidence)} |" for row in verdict.limitations]
    if not chart:
        lines.append("| | no claims are asked for | | |")
    return "\n".join(lines) + "\n"


def parent(verdict: ClaimVerdict) -> str:
    """What else a claim asks, in words."""
    return "on its own" if verdict.depends_on is None else f"with claim {verdict.depends_on}"


def sorted_chart(chart: Sequence[ClaimVerdict]) -> RenderableType:
    """Claims that are met, those that are not and by which limitation, and those for which data are wanting."""
    blocks: list[RenderableType] = []
    for verdict, style in STYLES.items():
        claims = [claim for claim in chart if claim.verdict == verdict]
        blocks.append(Text(f"{len(claims)} of {len(chart)} {verdict}", style=style))
        blocks.append(Padding(_names(claims) if verdict == "met" else _reasons(claims), (0, 0, 1, 2)))
    return Group(*blocks)


def reasons(claim: ClaimVerdict) -> list[tuple[str, str]]:
    """Limitations that keep a claim from being met, with their evidence; or the claim that it depends on."""
    own = [(row.text, row.evidence) for row in claim.limitations if row.counts_as == claim.verdict]
    return own or [(f"claim {claim.depends_on}, on which it depends", "")]


def _names(claims: Sequence[ClaimVerdict]) -> RenderableType:
    return Text(", ".join(claim.name for claim in claims) or "none")


def _reasons(claims: Sequence[ClaimVerdict]) -> RenderableType:
    if not claims:
        return Text("none")
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(ratio=2)
    table.add_column(ratio=3)
    for claim in claims:
        for place, (text, evidence) in enumerate(reasons(claim)):
            table.add_row(claim.name if place == 0 else "", text, Text(evidence, style="dim"))
    return table


def plain(text: str) -> str:
    """The text with what Markdown would read as more than a sign made plain."""
    return SPECIAL.sub(r"\\\1", text)
