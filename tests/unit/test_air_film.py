"""Is the film of a face the sum of what is taken from it, smooth, and honest about itself?"""

import re
from dataclasses import replace
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thermopkg.air import forced, natural
from thermopkg.air.correlation import Correlation
from thermopkg.air.film import Air, Extent, film
from thermopkg.air.properties import SEA_LEVEL, pressure_at, properties
from thermopkg.air.radiation import radiative_film

PACKAGE, BOARD = Extent(0.030, 0.030, 0.002), Extent(0.1015, 0.1145, 0.0016)
AMBIENT = 298.15
SLACK = 1 - 1e-12  # of comparisons between numbers that may be equal but for rounding

faces = st.sampled_from(["top", "bottom", "sides"])
families = st.sampled_from(["plate", "small-part"])
lengths = st.floats(1e-3, 0.3)
extents = st.builds(Extent, lengths, lengths, lengths)
speeds = st.one_of(st.just(0.0), st.floats(0.0, 5.0))
airs = st.builds(Air, speeds, families, st.booleans())
rises = st.floats(-80.0, 200.0)
hot_rises = st.floats(0.0, 200.0)
pressures = st.floats(2e4, 1.1e5)
upstreams = st.floats(0.0, 0.1)


# ---------------------------------------------------------------- radiation
@pytest.mark.parametrize(
    ("celsius", "expected"),
    # by hand for 0.9 over 25 degC: 5.10334e-8 (Ts^2 + 88893.4)(Ts + 298.15), sums 190112.8, 210101.8, 228134.3 and
    # 616.3, 646.3, 671.3: the 6.0, 6.9 and 7.8 W/m^2/K of the field
    [(45.0, 5.9794), (75.0, 6.9298), (100.0, 7.8156)],
)
def test_radiation(celsius, expected):
    assert radiative_film(celsius + 273.15, AMBIENT, 0.9) == pytest.approx(expected, abs=1e-4)


@given(st.floats(200.0, 500.0), st.floats(200.0, 500.0), st.floats(0.0, 1.0))
def test_radiation_is_exact(surface, ambient, emissivity):
    """sigma = 5.670374419e-8 [tiesinga2021]."""
    flux = emissivity * 5.670374419e-8 * (surface**4 - ambient**4)
    assert radiative_film(surface, ambient, emissivity) * (surface - ambient) == pytest.approx(flux, rel=1e-9, abs=1e-9)


# ---------------------------------------------------------------- what the film is made of
@given(faces, extents, rises, airs, st.floats(0.0, 1.0), pressures, upstreams)
def test_film_is_convection_and_radiation(face, extent, rise, air, emissivity, pressure, upstream):
    surface = AMBIENT + rise
    found = film(face, extent, surface, AMBIENT, air, emissivity, pressure, upstream)
    assert found.film == found.convective + found.radiative
    assert found.radiative == radiative_film(surface, AMBIENT, emissivity)
    assert np.isfinite(found.film)
    assert found.convective > 0
    state = properties(AMBIENT + rise / 2, pressure)
    assert found.nusselt == pytest.approx(found.convective * found.length / state.conductivity)
    assert (found.reynolds is None) == (found.richardson is None) == (air.speed == 0)
    assert found.in_range == (found.caution == "")
    assert 0.1 < found.uncertainty < 0.35


def test_moving_air_by_hand():
    """Cubes of both films add up: a board's top 30 K above air that moves with 0.5 m/s."""
    state = properties(AMBIENT + 15.0)
    risen = natural.natural("up", 30.0, 0.1015 * 0.1145 / 0.432, state).film  # 432 mm around
    blown = forced.forced(0.5, 0.1015, state).film
    found = film("top", BOARD, AMBIENT + 30.0, AMBIENT, Air(0.5), 0.0)
    assert found.film**3 == pytest.approx(risen**3 + blown**3)
    assert found.richardson == pytest.approx(9.80665 / (AMBIENT + 15.0) * 30.0 * 0.1015 / 0.25, rel=1e-6)
    share = blown**3 / found.film**3
    assert found.uncertainty == pytest.approx(0.15)  # that of either law
    small = film("top", BOARD, AMBIENT + 30.0, AMBIENT, Air(0.5, "small-part"), 0.0)
    share = blown**3 / small.film**3
    assert small.uncertainty == pytest.approx(0.25 * share + 0.20 * (1 - share))


@pytest.mark.parametrize(
    ("face", "rise", "air", "regime", "source"),
    [
        ("top", 30.0, Air(), "natural, hot side up", {"lloydmoran1974", "incropera2011"}),
        ("bottom", 30.0, Air(), "natural, hot side down", {"rohsenow1998"}),
        ("bottom", -30.0, Air(), "natural, cold side down", {"lloydmoran1974", "incropera2011"}),
        ("sides", 30.0, Air(), "natural, vertical", {"churchillchu1975"}),
        ("top", 30.0, Air(0.0, "small-part"), "natural, hot side up, small part", {"ellison1989"}),
        ("top", 30.0, Air(3.0), "forced, laminar", {"incropera2011", "churchill1977"}),
        ("top", 30.0, Air(3.0, tripped=True), "forced, tripped", {"incropera2011", "churchill1977"}),
        (
            *("top", 30.0, Air(0.5), "mixed: natural, hot side up; forced, laminar"),
            {"lloydmoran1974", "incropera2011", "churchill1977"},
        ),
        ("sides", 30.0, Air(0.05), "natural, vertical", {"churchillchu1975", "churchill1977"}),
    ],
)
def test_regime_and_sources(face, rise, air, regime, source):
    found = film(face, BOARD, AMBIENT + rise, AMBIENT, air, 0.9)
    assert (found.regime, set(found.source)) == (regime, source)


def test_lengths():
    """Area over perimeter of horizontal faces, the height of sides but no less, and along the flow where air moves."""
    lengths = [film(face, BOARD, 330.0, AMBIENT, Air(), 0.9).length for face in ("top", "bottom", "sides")]
    assert lengths == pytest.approx([0.1015 * 0.1145 / 0.432] * 3)
    assert film("sides", Extent(0.01, 0.01, 0.02), 330.0, AMBIENT, Air(), 0.9).length == 0.02
    assert film("sides", BOARD, 330.0, AMBIENT, Air(1.0), 0.9).length == 0.1015


def test_confidence_is_that_of_the_least_sure_law():
    assert film("top", PACKAGE, 330.0, AMBIENT, Air(0.2, "small-part"), 0.9).confidence == "recalled-medium"
    assert film("top", BOARD, 330.0, AMBIENT, Air(), 0.9).confidence == "recalled-high"
    assert film("bottom", BOARD, 330.0, AMBIENT, Air(), 0.9).confidence == "second-hand"


def test_small_faces_of_slow_streams_are_out_of_range():
    """5 mm at 1 m/s, 314 K: nu = 1.9e-5/1.12 = 1.70e-5 m^2/s, Re = 294."""
    found = film("top", Extent(0.005, 0.005, 0.001), 330.0, AMBIENT, Air(1.0, "small-part"), 0.9)
    assert not found.in_range
    assert found.caution.startswith("forced, laminar: Re 2.9e+02 outside 1000 to 500000")
    assert film("top", BOARD, 330.0, AMBIENT, Air(1.0), 0.9).in_range


def test_sources_are_in_the_bibliography():
    text = (Path(__file__).parents[2] / "docs/references.bib").read_text(encoding="utf-8")
    known = set(re.findall(r"^@\w+\{([^,\s]+),", text, re.MULTILINE))
    laws = [law for module in (natural, forced) for law in vars(module).values() if isinstance(law, Correlation)]
    assert len(laws) == 9
    named = {key for law in laws for key in (*law.source, *re.findall(r"\[(\w+)\]", law.origin))} | {"churchill1977"}
    assert named <= known


# ---------------------------------------------------------------- more of one thing
@given(faces, extents, rises, airs, st.floats(1.001, 3.0), pressures, upstreams)
def test_faster_air_never_takes_less(face, extent, rise, air, factor, pressure, upstream):
    slow, fast = (
        film(face, extent, AMBIENT + rise, AMBIENT, replace(air, speed=speed), 0.9, pressure, upstream).film
        for speed in (air.speed, air.speed * factor + 1e-3)
    )
    assert fast > slow * SLACK


@given(faces, extents, rises, airs, st.floats(0.0, 0.9), st.floats(0.01, 0.1))
def test_blacker_faces_radiate_more(face, extent, rise, air, emissivity, more):
    bright, black = (
        film(face, extent, AMBIENT + rise, AMBIENT, air, e, SEA_LEVEL).film for e in (emissivity, emissivity + more)
    )
    assert black > bright


@given(faces, extents, rises, airs, pressures, st.floats(1.001, 2.0), upstreams)
def test_thicker_air_never_takes_less(face, extent, rise, air, pressure, factor, upstream):
    thin, thick = (
        film(face, extent, AMBIENT + rise, AMBIENT, air, 0.9, p, upstream).film for p in (pressure, pressure * factor)
    )
    assert thick > thin * SLACK


@given(faces, extents, st.floats(0.0, 1.0), hot_rises, st.floats(0.01, 50.0), families)
def test_still_air_takes_more_from_hotter_faces(face, extent, emissivity, rise, more, family):
    """In moving air thinner air counters it: see the next test."""
    less, hotter = (
        film(face, extent, AMBIENT + r, AMBIENT, Air(family=family), emissivity).film
        for r in (rise, min(rise + more, 200.0))
    )
    assert hotter >= less * SLACK


@given(faces, extents, st.floats(0.0, 80.0), st.floats(0.01, 20.0), families)
def test_still_air_takes_more_from_colder_faces(face, extent, fall, more, family):
    """Without radiation, which falls with the temperature."""
    less, colder = (
        film(face, extent, AMBIENT - f, AMBIENT, Air(family=family), 0.0).film for f in (fall, min(fall + more, 80.0))
    )
    assert colder >= less * SLACK


@given(st.floats(0.5, 5.0))
def test_laminar_stream_hardly_minds_the_temperature(speed):
    """h goes with k nu^(-1/2) Pr^(1/3): k with T^0.8, nu with T^1.75, together T^-0.07, or 2 % from 300 to 400 K."""
    cold, hot = (forced.forced(speed, 0.03, properties(t)).film for t in (300.0, 400.0))
    assert 0.97 < hot / cold < 1.0


def test_thin_air_of_mountains():
    """Data sheets' theta moves by about 18 % with the altitude at most [spra953], of which films make the greater part.

    At 3 km a board in still air loses 1 - (p/p0)^(1/2) of its convection, 17 %, a small part 1 - (p/p0)^(2/3), 22 %;
    radiation stays, so that a package's top loses 15 %.
    """
    ratio = pressure_at(3000.0) / SEA_LEVEL
    for extent, family, power in ((BOARD, "plate", 0.5), (PACKAGE, "small-part", 0.66)):
        low, high = (
            film("top", extent, 330.0, AMBIENT, Air(family=family), 0.9, p) for p in (SEA_LEVEL, ratio * SEA_LEVEL)
        )
        assert high.convective / low.convective == pytest.approx(ratio**power, rel=1e-3)
        assert 0.08 < 1 - high.film / low.film < 0.18


# ---------------------------------------------------------------- no jumps
@given(faces, extents, rises, airs, pressures, upstreams)
def test_small_steps_change_little(face, extent, rise, air, pressure, upstream):
    """A number that moves by a millionth of itself, or a temperature by 1e-6 K, moves a film by 3e-4 of it at most.

    The steepest is the turn of a face at zero rise: 1e-6 K of 0.01 K there, over which the film doubles.
    """

    def at(rise: float, extent: Extent, air: Air, pressure: float) -> float:
        return film(face, extent, AMBIENT + rise, AMBIENT, air, 0.9, pressure, upstream).film

    here = at(rise, extent, air, pressure)
    up = 1 + 1e-6
    moved = [
        at(rise + 1e-6, extent, air, pressure),
        at(rise, replace(extent, length_x=extent.length_x * up), air, pressure),
        at(rise, replace(extent, length_y=extent.length_y * up), air, pressure),
        at(rise, replace(extent, height=extent.height * up), air, pressure),
        at(rise, extent, replace(air, speed=air.speed * up + 1e-12), pressure),
        at(rise, extent, air, pressure * up),
    ]
    assert moved == pytest.approx([here] * len(moved), rel=3e-4)


@pytest.mark.parametrize("family", ["plate", "small-part"])
@pytest.mark.parametrize("face", ["top", "bottom", "sides"])
def test_slope_over_temperature_is_bounded(face, family):
    """Of every face from a millimetre to 300 mm, around zero rise as well: at most 200 W/m^2/K^2.

    A top of a millimetre that turns is the worst: with 0.83 (0.01 K/0.25 mm)^0.33 = 2.8 W/m^2/K up and half that down,
    1.4/0.01 K for the turn and 0.33 * 2.8/(2 * 0.01 K) for the law, together 186 at most.
    """
    rises = np.concatenate([np.linspace(-0.05, 0.05, 201), np.linspace(0.06, 200.0, 400)])
    for length, speed in product((1e-3, 0.01, 0.1, 0.3), (0.0, 1.0)):
        extent = Extent(length, length, length)
        films = [film(face, extent, AMBIENT + r, AMBIENT, Air(speed, family), 0.9).film for r in rises]
        assert np.abs(np.diff(films) / np.diff(rises)).max() < 200.0


def test_fixed_point_converges():
    """A package of 1 W whose faces share one temperature: the iteration that a solver makes, from far off, shrinks."""
    areas = {"top": 9e-4, "bottom": 9e-4, "sides": 2.4e-4}
    for air in (Air(family="small-part"), Air(1.0, "small-part")):
        rises = [100.0]
        for _ in range(12):
            conductance = sum(
                area * film(face, PACKAGE, AMBIENT + rises[-1], AMBIENT, air, 0.9).film for face, area in areas.items()
            )
            rises.append(1.0 / conductance)
        steps = [abs(b - a) for a, b in pairwise(rises)]
        assert all(after < 0.5 * before for before, after in pairwise(steps[:8]))


# ---------------------------------------------------------------- up and down
@given(extents, st.floats(0.0, 80.0), families)
def test_cold_top_is_a_hot_bottom(extent, rise, family):
    """At the same mean temperature: mirror images."""
    cold = film("top", extent, 300.0 - rise / 2, 300.0 + rise / 2, Air(family=family), 0.9)
    hot = film("bottom", extent, 300.0 + rise / 2, 300.0 - rise / 2, Air(family=family), 0.9)
    assert cold.film == pytest.approx(hot.film)


@given(extents, hot_rises, airs)
def test_tops_never_take_less_than_bottoms(extent, rise, air):
    top, bottom = (film(face, extent, AMBIENT + rise, AMBIENT, air, 0.9).film for face in ("top", "bottom"))
    assert top >= bottom * SLACK


# ---------------------------------------------------------------- what cannot be
def test_every_fault_is_named_at_once():
    with pytest.raises(ValueError) as raised:
        film("lid", Extent(0.0, -1.0, np.inf), 1500.0, 100.0, Air(-1.0, "fins"), 1.2, 0.0, -0.1)
    assert str(raised.value).split("; ") == [
        "face: 'lid' is none of top, bottom, sides",
        "family: 'fins' is none of plate, small-part",
        "length_x: 0 m is not positive and finite",
        "length_y: -1 m is not positive and finite",
        "height: inf m is not positive and finite",
        "speed: -1 m/s is below zero or not finite",
        "upstream: -0.1 m is below zero or not finite",
        "surface: 1500 K lies outside 200 to 1200 K, for which air is known here",
        "ambient: 100 K lies outside 200 to 1200 K, for which air is known here",
        "pressure: 0 Pa is not positive and finite",
        "emissivity: 1.2 lies outside 0 to 1",
    ]


def test_numbers_that_are_none_are_refused():
    nan = float("nan")
    for arguments in (
        (nan, 300.0, Air(), 0.9),
        (330.0, nan, Air(), 0.9),
        (330.0, 300.0, Air(nan), 0.9),
        (330.0, 300.0, Air(), nan),
    ):
        with pytest.raises(ValueError, match="nan"):
            film("top", BOARD, *arguments)
