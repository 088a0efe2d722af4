"""What is the weak form of conduction? Each on one line, as scikit-fem integrates it over cells or faces.

    ∫ k ∇u · ∇v + ∫ h u v  =  ∫ q v

`w` holds the coordinates and what is handed to the assembly by name: `k` along x, y, z in W/m/K, `h` in W/m²/K, `q` in
W/m³ or W/m².
"""

from typing import Any

from skfem.helpers import grad


def conduction(u: Any, v: Any, w: Any) -> Any:
    """k ∇u · ∇v."""
    return sum(k * du * dv for k, du, dv in zip((w.kx, w.ky, w.kz), grad(u), grad(v), strict=True))


def film(u: Any, v: Any, w: Any) -> Any:
    """h u v."""
    return w.h * u * v


def heat(v: Any, w: Any) -> Any:
    """q v."""
    return w.q * v
