"""Do the joints of an array stand where a drawing puts them?"""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thermopkg.case.part import Array
from thermopkg.package.arrays import equal_area_side, joint_boxes, joint_count, kept_joints
from thermopkg.units import mm


def array(pitch=0.5, diameter=0.2, height=0.1, **rest):
    return Array(material="copper", pitch=mm(pitch), diameter=mm(diameter), height=mm(height), **rest)


@given(st.floats(1e-6, 1e-2))
def test_the_square_has_the_area_of_the_circle(diameter):
    assert equal_area_side(diameter) ** 2 == pytest.approx(math.pi / 4 * diameter**2, rel=1e-14)


# A square of equal area is 0.886 diameters wide: 0.1772 mm here, so n joints on 0.5 mm take 0.5 (n - 1) + 0.1772 mm.
@pytest.mark.parametrize(
    ("width", "joints"), [(0.17, 0), (0.18, 1), (0.67, 1), (0.68, 2), (2.0, 4), (2.17, 4), (2.18, 5), (10.0, 20)]
)
def test_as_many_joints_stand_on_a_face_as_fit(width, joints):
    assert joint_count(array(), (width * 1e-3, 5e-3)) == (joints, 10)


def test_a_joint_that_ends_on_the_edge_to_rounding_still_fits():
    side = equal_area_side(0.2e-3)
    for n in range(1, 200):
        assert joint_count(array(), (side + (n - 1) * 0.5e-3, side)) == (n, 1), n


def test_a_count_or_a_mask_is_taken_at_its_word():
    assert joint_count(array(count=(3, 7)), (1.0, 1.0)) == (3, 7)
    assert joint_count(array(mask=("101", "111")), (1.0, 1.0)) == (3, 2)


def test_rows_are_kept_from_the_rim_inwards():
    """Of 6 by 5 places two rows at the rim leave 2 by 1 in the middle empty."""
    kept = kept_joints(array(rows=2), (6, 5))
    assert np.argwhere(~kept).tolist() == [[2, 2], [3, 2]]


@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 9))
def test_rows_leave_the_middle_empty(nx, ny, rows):
    kept = kept_joints(array(rows=rows), (nx, ny))
    assert kept.shape == (nx, ny)
    assert nx * ny - kept.sum() == max(0, nx - 2 * rows) * max(0, ny - 2 * rows)


def test_a_mask_runs_from_low_y_to_high_y_and_along_x():
    kept = kept_joints(array(mask=("100", "011")), (3, 2))
    assert np.argwhere(kept).tolist() == [[0, 0], [1, 1], [2, 1]]


def test_joints_stand_on_their_pitch_around_the_centre():
    """2 by 1 joints on 0.5 mm around (1, 2) mm: middles at x = 0.75 and 1.25 mm, y = 2 mm."""
    boxes = joint_boxes(array(count=(2, 1)), (1.0, 1.0), (1e-3, 2e-3), (3e-3, 3.1e-3))
    half = equal_area_side(0.2e-3) / 2
    np.testing.assert_allclose(boxes.mean(axis=2)[:, :2], [[0.75e-3, 2e-3], [1.25e-3, 2e-3]], rtol=1e-12)
    np.testing.assert_allclose(boxes[:, :2, 1] - boxes[:, :2, 0], 2 * half, rtol=1e-12)
    np.testing.assert_allclose(boxes[:, 2], [[3e-3, 3.1e-3]] * 2, rtol=1e-12)


@given(st.integers(1, 12), st.integers(1, 12), st.floats(0.05, 1.0), st.floats(0.1, 0.95))
def test_an_array_is_centred_and_its_joints_keep_apart(nx, ny, pitch, ratio):
    boxes = joint_boxes(array(pitch, pitch * ratio, count=(nx, ny)), (1.0, 1.0), (0.0, 0.0), (0.0, 1e-4))
    assert len(boxes) == nx * ny
    np.testing.assert_allclose(boxes[:, :2].sum(axis=(0, 2)), 0.0, atol=1e-12)
    edges = np.unique(boxes[:, 0].round(15))  # low and high of each column of joints
    assert edges.size == 2 * nx
    assert (np.diff(edges) > 0).all()
