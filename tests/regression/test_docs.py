"""Are the pages that are made from the cases what the cases say now?"""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("claims_page", ROOT / "docs" / "make" / "claims_page.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["claims_page"] = module
    spec.loader.exec_module(module)
    return module


def test_claims_page_is_up_to_date_and_its_pictures_are_there(maker):
    found = [maker.embodiment(path, case) for path, case in maker.packages()]
    text = (ROOT / "docs" / "claims.md").read_text(encoding="utf-8")
    assert text == maker.page(found), "run `make docs`"
    drawn = {path.name for path in (ROOT / "docs" / "images" / "claims").glob("*.png")}
    shown = {
        f"{e.name}-{kind}.png" for e in found if e.met and not e.variant for kind in ("section", "plan", "exploded")
    }
    assert drawn == shown


def test_runs_of_claims_are_drawn_together(maker):
    class Named:
        def __init__(self, document, claim):
            self.document, self.claim = document, claim

    claims = [Named("a", n) for n in (3, 1, 2, 8)] + [Named("b", n) for n in (5, 7, 8)]
    assert maker.spans(claims) == "a/1 to 3, 8; b/5, 7, 8"
