"""What is a stack made of? Layers and contacts over one footprint, listed from bottom to top.

Interface 0 is the bottom face, interface j lies between element j - 1 and element j, and the last one is the top face.
Films act on the two end faces: W/m²/K, 0 for an adiabatic face, infinity for one held at its ambient.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Layer:
    """A solid over the whole footprint: thickness in m, conductivity (kx, ky, kz) in W/m/K."""

    thickness: float
    conductivity: tuple[float, float, float]

    @property
    def resistance(self) -> float:
        """Through-thickness resistance of a square metre, t/kz, m² K/W."""
        return self.thickness / self.conductivity[2]


@dataclass(frozen=True)
class Contact:
    """A joint without thickness: resistance of a square metre, m² K/W."""

    resistance: float


Element = Layer | Contact


def isotropic(thickness: float, conductivity: float) -> Layer:
    """A layer that conducts alike in all directions: m, W/m/K."""
    return Layer(thickness, (conductivity, conductivity, conductivity))
