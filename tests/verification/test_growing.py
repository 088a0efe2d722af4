"""Do the bounds hold the exact resistance under powers that grow? Stacks whose answer is a transfer line, and T07."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.exact import case
from tests.exact.line import line_resistance
from tests.exact.stack import Layer, isotropic
from tests.models import ends, even, everything, on_interface, stacked
from thermopkg.answer.bracket import ResistanceMatrix, from_above, from_below
from thermopkg.answer.laplace import sources_of
from thermopkg.lattice.shifted import under
from thermopkg.mesh.patch import volume_shares

SHIFTS = {0.0: "end", 0.1: "growing_with_1e-1_per_s", 10.0: "growing_with_10_per_s", 1e3: "growing_with_1e3_per_s",
          1e5: "growing_with_1e5_per_s"}  # fmt: skip


def bounds(model, patch, shift):
    low, high = (under(system, shift) for system in sources_of((model, model), {"source": patch}))
    lower = from_below(low, None).bound
    above = from_above(high, partial(volume_shares, model, everything(model)), lower)
    return ResistanceMatrix(tuple(low.loads), lower, above.bound).entry("source", "source")


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-5, -2.5), st.floats(-0.7, 2.7), st.floats(5.5, 6.7)), min_size=1, max_size=4),
    st.floats(1, 5),
    st.floats(-2, 7),
    st.integers(1, 4),
)
def test_bounds_hold_a_transfer_line(layers, film, shift, parts) -> None:
    stack = [isotropic(10**thickness, 10**conductivity) for thickness, conductivity, _ in layers]
    capacity = [10**stored for _, _, stored in layers]
    side = even(0.0, 1e-3)
    model = stacked(stack, side, side, parts, ends(10**film, 0.0), capacity)
    patch = on_interface(model, stack, len(stack), (0.0, 1e-3), (0.0, 1e-3))
    found = bounds(model, patch, 10**shift)
    exact = line_resistance(stack, capacity, 10**film, 10**shift) / 1e-6
    assert found.lower <= exact * (1 + 1e-9)
    assert found.upper >= exact * (1 - 1e-9)
    assert found.lower > 0


def test_bounds_on_a_transfer_line_close_with_the_square_of_the_cells() -> None:
    stack, capacity, side = [Layer(1e-3, (100.0,) * 3)], [2e6], even(0.0, 1e-3)
    widths = []
    for parts in (16, 32, 64):
        model = stacked(stack, side, side, parts, ends(1e4, 0.0), capacity)
        patch = on_interface(model, stack, 1, (0.0, 1e-3), (0.0, 1e-3))
        widths.append(bounds(model, patch, 2e3).relative_half_width)
    rates = np.log2(np.array(widths[:-1]) / widths[1:])
    assert rates == pytest.approx([2.0, 2.0], abs=0.15)


@pytest.mark.parametrize("shift", SHIFTS)
def test_bounds_hold_a_small_source_on_a_stack(shift) -> None:
    exact = case("T07")
    layers = [layer for layer in exact.layers if isinstance(layer, Layer)]
    widths = []
    for parts in (3, 6):
        lateral = even(0.0, 4e-3, 6e-3, 10e-3, parts=parts)
        model = stacked(layers, lateral, lateral, parts, ends(5000.0, 0.0), exact.inputs["capacity"])
        patch = on_interface(model, layers, 3, (4e-3, 6e-3), (4e-3, 6e-3))
        found = bounds(model, patch, shift)
        assert found.lower <= exact.values[SHIFTS[shift]] <= found.upper
        widths.append(found.half_width)
    assert widths[1] < 0.6 * widths[0]
