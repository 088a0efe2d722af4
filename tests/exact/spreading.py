"""How hot do rectangular sources make each other in a stack of full-area layers, exactly?

The footprint is 0 ≤ x ≤ a, 0 ≤ y ≤ b, its sides adiabatic. On the modes cos(λ x) cos(μ y), λ = m π/a, μ = n π/b, the
layers decouple from one another laterally and each obeys kz T'' = (kx λ² + ky μ²) T. With G_ij(λ, μ) the modal rise of
interface i for one modal W/m² into interface j, and C the mean of a cosine over a patch,

    R_ij = 1/(a b)  sum over m, n of  e_m e_n  Cx_i Cx_j(λ)  Cy_i Cy_j(μ)  G_ij(λ, μ),      e_0 = 1, otherwise 2

Three facts make this long sum cheap, and exact to about ten digits with a few hundred points an axis.

1. G comes from a self-adjoint problem in z, so that as a function of λ, for a real μ, all its singularities lie on the
   imaginary axis. On an octave of modes N ≤ m < 2N it is therefore given by its Chebyshev interpolant, whose error
   falls like (3 + √8)^-p, whatever the stack. Long sums over m then act on polynomials and are done once an axis.
2. Far out, Cx_i Cx_j is a constant over m², which comes from edges that the two patches share, plus oscillations. The
   constant part goes on without end as an integral, which Gauss points take octave by octave.
3. The oscillations cancel: faded out smoothly over the last octave of the sum, they leave nothing behind.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.polynomial.chebyshev import chebpts1, chebvander
from numpy.polynomial.legendre import leggauss

from tests.exact.stack import Contact, Element
from thermopkg.arraytypes import FloatArray, IntArray

CHEBYSHEV_POINTS = 18  # an octave: 5.83^-18 = 2e-14, below the round-off of the sums
DIRECT_MODES = 32  # modes taken one by one before octaves begin: more than the points of one octave
MODES_PER_GAP = 128  # half-waves in the smallest distance between edges: oscillations fade out below 1e-10
LEAST_MODES, MOST_MODES = 2**11, 2**17  # powers of two, as octaves must end there
TAIL_OCTAVES = 24  # of the constant part; beyond lies less than 1e-10 of the sum even where G does not decay at all
GAUSS_POINTS = 6  # an octave of the tail: 5.83^-12 = 7e-10 of a tail that is below 1e-3 of the whole
SAME_PLACE = 1e-9  # edges nearer than this, in lengths of the axis, are one edge


@dataclass(frozen=True)
class Patch:
    """A rectangle on an interface: x0 ≤ x ≤ x1, y0 ≤ y ≤ y1, m. Without area it is a point or a line to read at."""

    x: tuple[float, float]
    y: tuple[float, float]
    interface: int

    @property
    def area(self) -> float:
        """Area, m²."""
        return (self.x[1] - self.x[0]) * (self.y[1] - self.y[0])


def point(x: float, y: float, interface: int) -> Patch:
    """A place to read at, m."""
    return Patch((x, x), (y, y), interface)


def _seen_through(element: Element, beyond: FloatArray, decay_squared: FloatArray) -> FloatArray:
    """Modal admittance, W/m²/K, of an element's near face when its far face has the admittance `beyond`.

    `decay_squared` is (γ t)², the square of the element's thickness in decay lengths of the mode.
    """
    resistance = element.resistance * _tanh_over(decay_squared)
    isothermal = np.isinf(beyond)
    finite = np.where(isothermal, 0.0, beyond)
    sideways = decay_squared * _tanh_over(decay_squared) / element.resistance
    return np.where(isothermal, 1.0 / resistance, (finite + sideways) / (1.0 + finite * resistance))


def _passed_on(element: Element, beyond: FloatArray, decay_squared: FloatArray) -> FloatArray:
    """Far face's modal rise over the near face's, when the far face has the admittance `beyond`."""
    decay = np.sqrt(decay_squared)
    sech = 2.0 * np.exp(-decay) / (1.0 + np.exp(-2.0 * decay))
    return sech / (1.0 + beyond * element.resistance * _tanh_over(decay_squared))


def _tanh_over(decay_squared: FloatArray) -> FloatArray:
    """tanh(d) / d, one at d = 0."""
    decay = np.sqrt(decay_squared)
    return np.where(decay > 0.0, np.tanh(decay) / np.where(decay > 0.0, decay, 1.0), 1.0)


def modal_rises(
    layers: Sequence[Element], film_bottom: float, film_top: float, wave_x: FloatArray, wave_y: FloatArray
) -> FloatArray:
    """Modal rise of every interface for one modal W/m² released at every interface.

    Admittances are carried from both ends to every interface; only bounded functions (tanh, sech) appear. Reciprocity
    is not used: the rises above a source come from one recursion, those below it from the other.

    Parameters
    ----------
    wave_x, wave_y : λ and μ, 1/m, of one shape
    Returns
    -------
    m² K/W, shape (n_interfaces, n_interfaces, *shape): risen interface, source interface, mode
    Raises
    ------
    ValueError : the uniform mode is asked for and both faces are adiabatic
    Source: derived in the module's first lines
    """
    if film_bottom == 0.0 and film_top == 0.0 and np.any((wave_x == 0.0) & (wave_y == 0.0)):
        raise ValueError("both faces are adiabatic: there is no steady state")
    n_elements = len(layers)
    decay_squared = []
    for element in layers:
        if isinstance(element, Contact):  # no thickness: nothing flows sideways
            decay_squared.append(np.zeros_like(wave_x))
        else:
            kx, ky, kz = element.conductivity
            decay_squared.append((kx * wave_x**2 + ky * wave_y**2) / kz * element.thickness**2)

    down = [np.full_like(wave_x, film_bottom)]  # admittance of what lies below each interface
    for element, squared in zip(layers, decay_squared, strict=True):
        down.append(_seen_through(element, down[-1], squared))
    up = [np.full_like(wave_x, film_top)]  # and of what lies above
    for element, squared in zip(reversed(layers), reversed(decay_squared), strict=True):
        up.append(_seen_through(element, up[-1], squared))
    up.reverse()

    rises = np.empty((n_elements + 1, n_elements + 1, *wave_x.shape))
    for source in range(n_elements + 1):
        rises[source, source] = 1.0 / (down[source] + up[source])
        for j in range(source, n_elements):
            rises[j + 1, source] = rises[j, source] * _passed_on(layers[j], up[j + 1], decay_squared[j])
        for j in range(source, 0, -1):
            rises[j - 1, source] = rises[j, source] * _passed_on(layers[j - 1], down[j - 1], decay_squared[j - 1])
    return rises


@dataclass(frozen=True, eq=False)
class _Axis:
    """One axis of the footprint: wave numbers where G is wanted, and the weight of each in every pair's sum.

    `wave` in 1/m, shape (n_waves,); `weights` with shape (n_readings, n_sources, n_waves).
    """

    wave: FloatArray
    weights: FloatArray


def _mean_cosines(spans: Sequence[tuple[float, float]], length: float, modes: IntArray) -> FloatArray:
    """Mean of cos(m π x / length) over each span, shape (n_spans, n_modes)."""
    start, stop = np.array(spans).T / length
    middles = np.cos(np.pi * np.outer(0.5 * (start + stop), modes))
    return middles * np.sinc(np.outer(0.5 * (stop - start), modes))


def _constant_part(
    readings: Sequence[tuple[float, float]], sources: Sequence[tuple[float, float]], length: float
) -> FloatArray:
    """What stays of m² C_i C_j when its oscillations are left out, shape (n_readings, n_sources).

    C = (sin λ x1 - sin λ x0) / (λ (x1 - x0)), and sin λp sin λq = (cos λ(p - q) - cos λ(p + q)) / 2 is constant in m
    where p - q or p + q is a multiple of 2 length. A point has no such part.
    """

    def edges(spans: Sequence[tuple[float, float]]) -> tuple[FloatArray, FloatArray]:
        place = np.array(spans) / length  # (n_spans, 2)
        width = place[:, 1] - place[:, 0]
        return place, np.where(width > 0.0, 1.0 / np.where(width > 0.0, width, 1.0), 0.0)

    (place_i, sharpness_i), (place_j, sharpness_j) = edges(readings), edges(sources)
    p, q = place_i[:, None, :, None], place_j[None, :, None, :]
    equal = np.abs(p - q) < SAME_PLACE
    mirrored = (np.abs(p + q) < SAME_PLACE) | (np.abs(p + q - 2.0) < SAME_PLACE)
    signs = np.array([[1.0, -1.0], [-1.0, 1.0]])  # of the products of start and stop
    shared: FloatArray = 0.5 * np.sum(signs * (equal.astype(float) - mirrored), axis=(2, 3))
    shared *= np.outer(sharpness_i, sharpness_j) / np.pi**2
    return shared


def _fade(part: FloatArray) -> FloatArray:
    """One at 0, zero at 1, with all derivatives zero at both; inside of them only."""
    return 1.0 / (1.0 + np.exp(np.clip(1.0 / (1.0 - part) - 1.0 / part, -700.0, 700.0)))


def _axis(
    readings: Sequence[tuple[float, float]], sources: Sequence[tuple[float, float]], length: float, n_modes: int
) -> _Axis:
    """Gather the sum over all modes in a few hundred weights; oscillations end with `n_modes`, a power of two."""
    constant = 2.0 * _constant_part(readings, sources, length)[:, :, None]

    def terms(modes: IntArray) -> FloatArray:  # of every pair: shape (n_readings, n_sources, n_modes)
        neumann = np.where(modes == 0, 1.0, 2.0)
        return _mean_cosines(readings, length, modes)[:, None] * _mean_cosines(sources, length, modes)[None] * neumann

    few = np.arange(DIRECT_MODES)
    numbers, weights = [few.astype(float)], [terms(few)]
    nodes = chebpts1(CHEBYSHEV_POINTS)
    # Lagrange polynomial s = sum over k of T_k(node s) T_k, by the discrete orthogonality of the Chebyshev polynomials
    lagrange = chebvander(nodes, CHEBYSHEV_POINTS - 1).T * (2.0 / CHEBYSHEV_POINTS)
    lagrange[0] *= 0.5
    first = DIRECT_MODES
    while first < n_modes:
        modes = np.arange(first, 2 * first)
        summands = terms(modes)
        if 2 * first == n_modes:
            lasting = constant / modes**2
            summands = lasting + (summands - lasting) * _fade((modes - first + 0.5) / first)
        middle, half = 1.5 * first - 0.5, 0.5 * first - 0.5
        numbers.append(middle + half * nodes)
        polynomials = chebvander((modes - middle) / half, CHEBYSHEV_POINTS - 1)
        # einsum, here and below: threaded matrix products wait for seconds on a machine with a busy neighbour
        weights.append(np.einsum("ijk,ks->ijs", np.einsum("ijm,mk->ijk", summands, polynomials), lagrange))
        first *= 2
    gauss, gauss_weights = leggauss(GAUSS_POINTS)
    for octave in range(TAIL_OCTAVES):  # the sum from n_modes on is the integral from half a mode before
        start = (n_modes - 0.5) * 2.0**octave
        number = start * (1.5 + 0.5 * gauss)
        numbers.append(number)
        weights.append(constant * (0.5 * start * gauss_weights / number**2))
    return _Axis(np.concatenate(numbers) * np.pi / length, np.concatenate(weights, axis=2))


def _enough_modes(spans: Sequence[tuple[float, float]], length: float) -> int:
    """Modes that resolve the smallest distance between two edges or walls, rounded up to a power of two."""
    gaps = np.diff(np.unique([0.0, 1.0, *(np.array(spans).ravel() / length)]))
    smallest = float(gaps[gaps > SAME_PLACE].min())
    octaves = math.ceil(math.log2(MODES_PER_GAP / smallest))
    return min(max(1 << octaves, LEAST_MODES), MOST_MODES)


def spreading_matrix(
    layers: Sequence[Element],
    film_bottom: float,
    film_top: float,
    footprint: tuple[float, float],
    sources: Sequence[Patch],
    readings: Sequence[Patch] | None = None,
    *,
    octaves_more: int = 0,
) -> FloatArray:
    """Mean rise of every reading for one watt spread evenly over every source, exact.

    Parameters
    ----------
    layers : from bottom to top, each over the whole footprint
    film_bottom, film_top : W/m²/K; 0 is adiabatic, infinity holds the face at its ambient
    footprint : a and b, m
    sources : patches with area
    readings : patches or points; the sources if left out
    octaves_more : doublings of the number of modes, to see what changes
    Returns
    -------
    K/W, shape (n_readings, n_sources); relative error below 1e-10, means and points alike, where all edges and points
    along an axis are either in one place or a thousandth of the footprint apart
    Raises
    ------
    ValueError : a patch leaves the footprint or the stack, a source has no area, or no face is cooled
    Source: derived in the module's first lines; for one and two layers the series is that of
    Yovanovich, Muzychka and Culham, J. Thermophysics and Heat Transfer 13 (1999) 495-500
    """
    readings = sources if readings is None else readings
    for patch in (*sources, *readings):
        inside = all(
            -SAME_PLACE * size <= low <= high <= (1.0 + SAME_PLACE) * size
            for (low, high), size in zip((patch.x, patch.y), footprint, strict=True)
        )
        if not inside or not 0 <= patch.interface <= len(layers):
            raise ValueError(f"{patch} leaves the footprint {footprint} or the stack of {len(layers)} elements")
    if any(source.area <= 0.0 for source in sources):
        raise ValueError("a source needs an area")

    axes = []
    for spans_read, spans_made, length in (
        ([patch.x for patch in readings], [patch.x for patch in sources], footprint[0]),
        ([patch.y for patch in readings], [patch.y for patch in sources], footprint[1]),
    ):
        n_modes = _enough_modes([*spans_read, *spans_made], length) * 2**octaves_more
        axes.append(_axis(spans_read, spans_made, length, n_modes))
    along_x, along_y = axes
    wave_x, wave_y = np.meshgrid(along_x.wave, along_y.wave, indexing="ij")
    rises = modal_rises(layers, film_bottom, film_top, wave_x, wave_y)

    matrix = np.empty((len(readings), len(sources)))
    for i, reading in enumerate(readings):
        for j, source in enumerate(sources):
            modal = rises[reading.interface, source.interface]
            matrix[i, j] = np.einsum("x,xy,y", along_x.weights[i, j], modal, along_y.weights[i, j])
    return matrix / (footprint[0] * footprint[1])
