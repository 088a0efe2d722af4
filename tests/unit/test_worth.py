"""Does taking a limitation away take it away, and it alone, and is a difference called certain only where it is?"""

import tomllib

import pytest
from matplotlib.figure import Figure
from small_case import TEXT

from thermopkg import charting
from thermopkg.answer.bracket import Bracket
from thermopkg.case.case import Case
from thermopkg.case.load import from_document
from thermopkg.case.template import template_text
from thermopkg.charting import charted
from thermopkg.claims.chart import ClaimVerdict, chart
from thermopkg.claims.claims import documents
from thermopkg.claims.removal import BEYOND, environments, removals
from thermopkg.claims.worth import Difference, Worth
from thermopkg.errors import CaseError, Fault, GeometryError
from thermopkg.package.placing import place
from thermopkg.report.worth import worth_document, worth_markdown
from thermopkg.report.worth_plot import REAL, draw_worth
from thermopkg.workflow import geometry

CLAIMS = tuple(f"heat-sink/{n}" for n in range(1, 9))


@pytest.fixture(scope="module")
def case() -> Case:
    return from_document(tomllib.loads(TEXT))


@pytest.fixture(scope="module")
def verdicts(case: Case) -> tuple[ClaimVerdict, ...]:
    return chart(geometry(case), CLAIMS)


def worth(case: Case) -> Worth:
    found = charted(case, valued=True).worth
    assert found is not None
    return found


def failing(case: Case) -> set[str]:
    return {
        row.text for verdict in chart(geometry(case), CLAIMS) for row in verdict.limitations if row.verdict == "not met"
    }


EXPECTED = {  # the words of a change -> the limitations that are lost with it, all by hand
    "sink 0.025 mm over chip": {"chip and heat sink lie 0.03 mm to 0.2 mm apart"},
    "sink 0.24 mm over chip": {"chip and heat sink lie 0.03 mm to 0.2 mm apart"},
    "mould conducts 1.2 W/m/K": {"the compound conducts better than 1.2 W/m/K"},
    "0.1 mm of mould over sink": {"the heat sink's face away from the chip is bare, at least in part"},
    "air between carrier and chip": {"the compound fills the bonding gap between chip and carrier"},
    "air between chip and sink": {"the compound fills the gap between chip and heat sink"},
    "sink of alumina": {"the heat sink holds a metal"},
    "no balls": {"an array of solder balls hangs from the carrier's face away from the chip"},
    "no capacitor": {
        "a passive component sits on the carrier",
        "the passive component is connected to the carrier electrically",
    },
}


def all_removals(case: Case, verdicts: tuple[ClaimVerdict, ...]) -> dict[str, Case]:
    placed = place(case).parts
    found = {}
    for verdict in verdicts:
        for limitation in documents()["heat-sink"].chain(verdict.claim)[-1].limitation:
            parts = [str(verdict.parts[element]) for element in limitation.elements]
            found |= {removal.change: removal.case for removal in removals(case, placed, limitation, parts)}
    return found


def test_case_itself_lacks_nothing(case):
    assert failing(case) == set()


@pytest.mark.parametrize("change", EXPECTED)
def test_each_change_loses_its_own_limitation_alone(case, verdicts, change):
    assert failing(all_removals(case, verdicts)[change]) == EXPECTED[change]


def test_without_a_sink_all_that_speaks_of_it_is_lost_and_the_mould_keeps_its_height(case, verdicts):
    without = all_removals(case, verdicts)["no sink"]
    assert {text for text in failing(without) if "sink" not in text} == set()
    assert place(without).parts["mould"].box == pytest.approx(place(case).parts["mould"].box)


def test_gaps_lie_beyond_the_interval_by_the_stated_factor(case, verdicts):
    found = all_removals(case, verdicts)
    boxes = {change: place(found[change]).parts for change in EXPECTED if "over chip" in change}
    gaps = sorted(parts["sink"].box[2, 0] - parts["chip"].box[2, 1] for parts in boxes.values())
    assert gaps == pytest.approx([0.03e-3 / BEYOND, 0.2e-3 * BEYOND])


def test_environments_differ_in_what_looks_up_alone(case):
    both = environments(case)
    assert list(both) == ["still air", "cooled top"]
    films = {name: (c.environment.top.film, c.environment.bottom.film, c.environment.sides.film)
             for name, c in both.items()}  # fmt: skip
    assert films == {"still air": (10.0, 10.0, 10.0), "cooled top": (2000.0, 10.0, 10.0)}
    assert all(c.environment.ambient == case.environment.ambient and not c.environment.faces for c in both.values())


def test_a_difference_is_certain_where_brackets_are_apart():
    whole, apart, over = Bracket(2.0, 1.9, 2.1), Bracket(2.5, 2.2, 2.8), Bracket(2.2, 2.05, 2.35)
    assert Difference("theta_ja", "K/W", whole, apart).certain
    assert Difference("theta_ja", "K/W", apart, whole).certain
    assert not Difference("theta_ja", "K/W", whole, over).certain
    change = Difference("theta_ja", "K/W", whole, apart).change
    assert (change.value, change.lower, change.upper) == pytest.approx((0.5, 0.1, 0.9))


def test_worth_of_a_whole_case(case):
    study = case.study.model_copy(update={"refine": 0})
    found = worth(case.model_copy(update={"study": study}))
    changes = {effect.change: effect for effect in found.effects}
    assert set(changes) == {*EXPECTED, "no sink"}
    assert changes["sink of alumina"].lost == ("heat-sink/5",)
    assert changes["no sink"].lost == CLAIMS
    assert all(effect.failure is None and set(effect.differences) == set(found.whole) for effect in found.effects)
    # an empty gap under the sink is in the way of the heat that goes there, more so the colder the sink
    (cooled,) = changes["air between chip and sink"].differences["cooled top"]
    assert cooled.certain
    assert cooled.change.lower > 0
    text, page = worth_document(found), worth_markdown(found)
    assert {row["change"] for row in text["effects"]} == set(changes)
    assert all(change in page for change in changes)


# ---------------------------------------------------------------- two carriers
@pytest.fixture(scope="module")
def stack() -> Case:
    case = from_document(tomllib.loads(template_text("two-carriers")))
    claims = tuple(f"stacked/{n}" for n in (1, 3, 5))
    return case.model_copy(update={"study": case.study.model_copy(update={"claims": claims, "refine": 0})})


STACK = {  # the words of a change -> the claims that are lost with it
    "no vias": ("stacked/1", "stacked/3", "stacked/5"),
    "air between carrier-1 and chip-1": ("stacked/1", "stacked/3", "stacked/5"),
    "air between chip-2 and carrier-2": ("stacked/1", "stacked/3", "stacked/5"),
    "glue of silicone-adhesive-silver": ("stacked/5",),
    "glue of epoxy-nonconductive-filled": ("stacked/5",),
}


def test_two_carriers_lose_vias_resin_and_the_soft_glue(stack):
    found = worth(stack)
    assert {effect.change: effect.lost for effect in found.effects} == STACK
    (vias,) = (effect for effect in found.effects if effect.change == "no vias")
    # heat of either chip reaches the cooled top by the vias too, so it is the hotter without them
    assert all(item.certain and item.change.lower > 0 for item in vias.differences["cooled top"])


def test_what_cannot_be_built_is_told_and_the_rest_goes_on(case, monkeypatch):
    def refused(changed: Case) -> object:
        if any(part.name == "unfilled-gap" for part in changed.part):
            raise GeometryError([Fault("part 'unfilled-gap'", "does not fit")], source="case")
        return geometry(changed)

    monkeypatch.setattr(charting, "geometry", refused)
    study = case.study.model_copy(update={"refine": 0, "claims": ("heat-sink/1",)})
    found = worth(case.model_copy(update={"study": study}))
    failures = {effect.change for effect in found.effects if effect.failure is not None}
    assert failures == {"air between carrier and chip", "air between chip and sink"}
    assert len(found.effects) > len(failures)
    assert "does not fit" in worth_markdown(found)


def test_every_change_is_drawn_with_its_bracket_and_real_ones_stand_out(stack):
    found = worth(stack)
    ax = draw_worth(found, "cooled top", Figure().add_subplot())
    rows = [(e.change, item) for e in found.effects for item in e.differences["cooled top"]]
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == [f"{change}, {item.name.removesuffix('.active')}" for change, item in reversed(rows)]
    for (_, item), bar in zip(reversed(rows), ax.containers, strict=True):
        (segment,) = bar[2][0].get_segments()
        assert segment[:, 0] == pytest.approx([item.change.lower, item.change.upper])
        assert (bar[0].get_color() == REAL) == item.certain


def test_nothing_to_take_away_and_nothing_that_warms_are_told(case):
    study = case.study.model_copy(update={"claims": (), "metrics": ()})
    cold = tuple(part.model_copy(update={"power": 0.0}) if part.name == "chip" else part for part in case.part)
    with pytest.raises(CaseError) as caught:
        charted(case.model_copy(update={"study": study, "part": cold}), valued=True)
    assert [fault.path for fault in caught.value.faults] == ["study.claims", "part"]
