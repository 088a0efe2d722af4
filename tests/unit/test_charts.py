"""Can the chart be read as Markdown, and do all claims of both documents sort into met, not met and not shown?"""

import pytest
from rich.console import Console

from tests.hand_made import model_of, pair, stacked_with
from thermopkg.claims.chart import ClaimVerdict, LimitationVerdict, chart, claim_names
from thermopkg.report.charts import markdown, reasons, sorted_chart


def printed(renderable):
    console = Console(width=160, color_system=None)
    with console.capture() as capture:
        console.print(renderable)
    return capture.get()


def verdict(text, counts_as, evidence="", document="pair", number=1, depends_on=None):
    row = LimitationVerdict(text, counts_as, evidence, counts_as)
    return ClaimVerdict(document, number, counts_as, (row,), depends_on, {})


def test_every_claim_stands_in_one_of_three_lists():
    charted = chart(model_of(stacked_with(joined="vias")), claim_names())
    text = printed(sorted_chart(charted))
    assert "5 of 32 met\n  stacked/1, stacked/2, stacked/4, stacked/5, stacked/6" in text
    assert "27 of 32 not met" in text
    assert "0 of 32 not shown" in text
    assert all(text.count(f"{name} ") + text.count(f"{name},") >= 1 for name in claim_names())


def test_what_is_not_met_names_the_limitation_or_the_claim_it_depends_on():
    charted = {v.name: v for v in chart(model_of(pair()), claim_names())}
    assert next(text for text, _ in reasons(charted["stacked/5"])) == "the adhesive layer is highly elastic"
    assert reasons(charted["stacked/6"]) == [("claim 1, on which it depends", "")]
    (broken, evidence), *_ = reasons(charted["heat-sink/14"])
    assert broken == "a first chip is flipped onto the carrier, and its bumps hold the two apart"
    assert evidence == "the active face of chip-1 looks up, and carrier does not lie there"


def test_a_step_of_making_that_agrees_is_no_reason():
    """The moulding of claim 9 is never shown; where the compound's class leaves the resin open, that is the reason."""
    parts = pair()
    parts["mould"] = {**parts["mould"], "solids": ({**parts["mould"]["solids"][0], "material": "mine"},)}
    mine = {"class": "composite", "electrical": "insulator", "conductivity": "2 W/m/K"}
    charted = {v.name: v for v in chart(model_of(parts, {"mine": mine}), ["heat-sink/9", "heat-sink/16"])}
    assert charted["heat-sink/9"].verdict == "met"
    assert charted["heat-sink/16"].verdict == "not shown"
    assert [text for text, _ in reasons(charted["heat-sink/16"])] == ["the compound around the set holds a resin"]
    assert "1 of 2 not shown" in printed(sorted_chart(list(charted.values())))


def test_markdown_has_a_row_for_each_claim_and_each_limitation():
    charted = chart(model_of(pair()), ["heat-sink/12", "heat-sink/13"])
    lines = markdown("A pair", charted).splitlines()
    assert lines[:4] == [
        "# Claim chart: A pair",
        "",
        "| claim | limitation | verdict | evidence |",
        "| --- | --- | --- | --- |",
    ]
    assert len(lines) == 4 + sum(1 + len(v.limitations) for v in charted)
    assert "| **heat-sink/13** | with claim 12 | **met** | |" in lines
    assert all(line.count("|") == 5 for line in lines[2:])


@pytest.mark.parametrize("sign", ["|", "*", "_", "`", "<b>", "[x](y)"])
def test_signs_of_markdown_are_text(sign):
    lines = markdown(f"a {sign} b", [verdict(f"c {sign} d", "met", f"e {sign} f")]).splitlines()
    escaped = "".join(f"\\{s}" if s in "|*_`<[]" else s for s in sign)
    assert lines[0] == f"# Claim chart: a {escaped} b"
    assert lines[-1] == f"| | c {escaped} d | met | e {escaped} f |"


def test_markdown_without_claims_says_so():
    assert "no claims are asked for" in markdown("none", [])
