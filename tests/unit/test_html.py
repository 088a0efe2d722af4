"""Do answers show themselves in a notebook, whole, and with the user's words as text?"""

import re
import tomllib

import pytest

from tests.small_case import TEXT
from thermopkg.case.case import Case
from thermopkg.case.load import from_document
from thermopkg.charting import charted
from thermopkg.report.html import html_of
from thermopkg.workflow import simulate

SIGN = "<script>alert(1)</script> [bold]"


@pytest.fixture(scope="module")
def case() -> Case:
    document = tomllib.loads(TEXT)
    document["title"] = f"Small {SIGN}"
    document["study"]["refine"] = 0
    return from_document(document)


def bare(html: str) -> str:
    return re.sub(r"<[^>]*>", "", html)


def test_an_outcome_shows_its_sheet_and_a_picture(case):
    outcome = simulate(case)
    html = outcome._repr_html_()
    theta = outcome.answer.metrics[0].bracket
    assert f"θ_JA = {theta.value:.1f}" in bare(html)
    assert html.count("<img ") == 1
    assert "data:image/png;base64,iVBOR" in html  # as every PNG begins
    assert "<script>" not in html
    assert "[bold]" in bare(html)


def test_a_chart_shows_every_limitation_and_the_worth_that_was_asked_for(case):
    plain, valued = charted(case), charted(case, valued=True)
    assert plain.worth is None
    text = " ".join(bare(plain._repr_html_()).split())
    assert all(verdict.name in text for verdict in plain.verdicts)
    assert plain.all_met
    assert "no sink" not in text
    assert "no sink" in bare(valued._repr_html_())
    assert set(valued.document()) == {"claims", "worth"}
    assert valued.markdown().startswith(plain.markdown())


def test_every_claim_there_is_can_be_charted(case):
    assert len(charted(case, every=True).verdicts) == 32
    assert charted(case, every=True).all_met  # of the eight that the case names


def test_markup_is_text():
    assert "[red]x[/red] :smiley:" in html_of("[red]x[/red] :smiley:")
