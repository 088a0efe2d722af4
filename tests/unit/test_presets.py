"""Has every number of the test boards a source and a confidence, and does nothing claim more than a style?"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from thermopkg.case.material import Provenance
from thermopkg.case.model import Model
from thermopkg.case.presets import BoardPreset, presets

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/environments.md").read_text(encoding="utf-8")
TABLES = tomllib.loads((ROOT / "thermopkg/case/presets.toml").read_text(encoding="utf-8"))


def records(model: Model) -> Iterator[Provenance]:
    for _, value in model:
        values = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else [value]
        for item in values:
            if isinstance(item, Provenance):
                yield item
            elif isinstance(item, Model):
                yield from records(item)


def test_every_number_has_its_source_and_none_is_stated_by_nobody():
    keys = set(
        re.findall(r"^@\w+\{([^,\s]+),", (ROOT / "docs/references.bib").read_text(encoding="utf-8"), re.MULTILINE)
    )
    found = list(records(presets()))
    assert len(found) > 40
    assert {record.source for record in found} <= keys
    assert "stated" not in {record.confidence for record in found}


def test_outlines_grow_and_boards_hold_their_layers():
    for board in presets().board.values():
        sides = [outline.up_to for outline in board.outlines]
        assert sides == sorted(sides)
        copper = 2 * (board.trace_thickness.value + (board.plane_thickness.value if board.plane_thickness else 0.0))
        assert copper + 2 * (board.dielectric.value if board.dielectric else 0.0) < board.thickness.value


def test_boards_with_planes_say_all_that_planes_need():
    needed = (
        "plane_thickness",
        "plane_clearance",
        "dielectric",
        "vias_under_joints",
        "via_diameter",
        "via_plating",
        "via_pitch",
    )
    for name, board in presets().board.items():
        given = {field for field in needed if getattr(board, field) is not None}
        assert given == (set(needed) if name.endswith("2s2p") else set())


@pytest.mark.parametrize(
    "path",
    ["docs/environments.md", "thermopkg/case/presets.toml", *(f"thermopkg/setups/{n}.py" for n in ("boards", "rows"))],
)
def test_nothing_claims_to_follow_a_standard(path):
    text = (ROOT / path).read_text(encoding="utf-8")
    assert not re.search(r"complian|conform|\bper jedec|according to jedec", text, re.IGNORECASE)


def shown(value: object, between: str = ", ") -> str:
    return between.join(value) if isinstance(value, list) else "yes" if value is True else str(value)


def rows() -> Iterator[str]:
    """The table of the page, from the data: what, value, source, confidence, note."""
    for name, table in TABLES["board"].items():
        yield f"**{name}** | {table['title']}"
        for outline in table["outlines"]:
            yield f"board for packages up to {outline['up_to']} | {shown(outline['size'], ' × ')}" + told(outline)
        for key, record in table.items():
            if isinstance(record, dict):
                yield f"`{key}` | {shown(record['value'])}" + told(record)
    for name in ("still_air", "moving_air", "ring", "cold_plate"):
        yield f"**{TABLES[name]['title'].partition(':')[0]}** | {TABLES[name]['title'].partition(': ')[2]}"
        for key, record in TABLES[name].items():
            if isinstance(record, dict):
                yield f"`{key}` | {shown(record['value'])}" + told(record)


def told(record: dict[str, str]) -> str:
    span = f"{shown(record['range'], ' to ')}; " if "range" in record else ""
    return f" | {record['source']}, {record['confidence']} | {span}{record.get('note', '')}"


def test_the_page_tells_every_number_with_its_source():
    page = [line.strip("| ").strip() for line in PAGE.splitlines() if line.startswith("| ")]
    wanted = [row.strip("| ").strip() for row in rows()]
    assert [line.rstrip("| ") for line in page if line.rstrip("| ") in wanted] == wanted


def test_a_preset_takes_no_unknown_key():
    with pytest.raises(ValueError, match="Extra inputs"):
        BoardPreset.model_validate({**TABLES["board"]["jesd51-9-style 1s"], "colour": "green"})
