"""What is dry air at a temperature and a pressure? What it conducts, how it flows, and how thin it is on a mountain.

Conductivity and viscosity are Sutherland's formulas with the constants of the standard atmosphere, which hold to 2 %
from 200 to 1200 K against the tables; the heat capacity is that of the ideal gas with the vibrations of nitrogen and
oxygen. Neither depends on the pressure between a tenth and ten atmospheres. The density is the ideal gas's.
Sources: [ussa1976] eqs. 33a, 42, 51, 53, [lemmon2000] table 12; all second-hand, as other programs write them down.
"""

from dataclasses import dataclass
from math import exp, isfinite

LOWEST, HIGHEST = 200.0, 1200.0  # K; where the formulas were held against tables
GAS_CONSTANT = 8314.32 / 28.9644  # J/kg/K, of dry air [ussa1976]; today's R is larger by 2e-5 of itself
GRAVITY = 9.80665  # m/s^2, standard
SEA_LEVEL = 101325.0  # Pa

VISCOSITY_FACTOR, VISCOSITY_TEMPERATURE = 1.458e-6, 110.4  # kg/m/s/K^0.5, K
CONDUCTIVITY_FACTOR, CONDUCTIVITY_TEMPERATURE = 2.64638e-3, 245.4  # W/m/K^1.5, K
CONDUCTIVITY_FADING = 12.0  # K, by which Sutherland's temperature falls off where it is cold

HEAT_POWERS = (3.490888032, 2.395525583e-6, 7.172111248e-9, -3.115413101e-13)  # of T, in units of R
HEAT_COLD = 0.223806688  # K^1.5
NITROGEN, OXYGEN = (0.791309509, 3364.011), (0.212236768, 2242.45)  # share, temperature of the vibration in K

BASE_TEMPERATURE, LAPSE_RATE = 288.15, 0.0065  # K, K/m of geopotential height, up to 11 km
EARTH_RADIUS = 6356766.0  # m, at which the standard's gravity has its standard value
LOWEST_ALTITUDE, HIGHEST_ALTITUDE = -500.0, 11019.0  # m; the layer of constant lapse ends there (11 km geopotential)


@dataclass(frozen=True)
class Properties:
    """Dry air in one state: all that a film asks of it."""

    temperature: float  # K
    pressure: float  # Pa
    conductivity: float  # W/m/K
    viscosity: float  # kg/m/s, dynamic
    density: float  # kg/m^3
    heat_capacity: float  # J/kg/K, at constant pressure

    @property
    def kinematic_viscosity(self) -> float:
        """m^2/s."""
        return self.viscosity / self.density

    @property
    def diffusivity(self) -> float:
        """Of heat, m^2/s."""
        return self.conductivity / (self.density * self.heat_capacity)

    @property
    def prandtl(self) -> float:
        return self.viscosity * self.heat_capacity / self.conductivity

    @property
    def expansion(self) -> float:
        """By volume at constant pressure, 1/K: the ideal gas's 1/T."""
        return 1.0 / self.temperature


def properties(temperature: float, pressure: float = SEA_LEVEL) -> Properties:
    """Dry air at a temperature in K and a pressure in Pa.

    Raises
    ------
    ValueError : the temperature lies outside 200 to 1200 K, or the pressure is not positive
    """
    faults = [*temperature_faults("temperature", temperature), *pressure_faults(pressure)]
    if faults:
        raise ValueError("; ".join(faults))
    return Properties(
        temperature,
        pressure,
        conductivity(temperature),
        viscosity(temperature),
        pressure / (GAS_CONSTANT * temperature),
        heat_capacity(temperature),
    )


def conductivity(temperature: float) -> float:
    """Of dry air, W/m/K. Within 1.5 % of the tables [incropera2011] from 200 to 1200 K.

    k = 2.64638e-3 T^1.5 / (T + 245.4 * 10^(-12/T))
    """
    shift = CONDUCTIVITY_TEMPERATURE * float(10.0 ** (-CONDUCTIVITY_FADING / temperature))
    return CONDUCTIVITY_FACTOR * float(temperature**1.5) / (temperature + shift)


def viscosity(temperature: float) -> float:
    """Dynamic viscosity of dry air, kg/m/s. Within 2.5 % of the tables [incropera2011], within 0.5 % below 500 K.

    mu = 1.458e-6 T^1.5 / (T + 110.4)
    """
    return VISCOSITY_FACTOR * float(temperature**1.5) / (temperature + VISCOSITY_TEMPERATURE)


def heat_capacity(temperature: float) -> float:
    """Of dry air as an ideal gas at constant pressure, J/kg/K; at one atmosphere the real gas holds 0.2 % more.

    The term for the excited electrons of oxygen is left out: a ten-thousandth at 1200 K.
    """
    powers = sum(factor * float(temperature**power) for power, factor in enumerate(HEAT_POWERS))
    vibrations = sum(share * _vibration(own / temperature) for share, own in (NITROGEN, OXYGEN))
    return GAS_CONSTANT * (powers + HEAT_COLD * float(temperature**-1.5) + vibrations)


def _vibration(ratio: float) -> float:
    """Einstein's heat capacity of an oscillator, in units of R; `ratio` is its temperature over the gas's."""
    return ratio**2 * exp(-ratio) / (1.0 - exp(-ratio)) ** 2


def pressure_at(altitude: float) -> float:
    """Pressure of the standard atmosphere in Pa at an altitude in m above the sea, from -500 m to 11 km.

        p = 101325 (1 - 0.0065 H / 288.15)^(g M / (R 0.0065)),   H = r z / (r + z)

    Raises
    ------
    ValueError : the altitude lies outside
    Source: [ussa1976] eqs. 18, 33a
    """
    if not LOWEST_ALTITUDE <= altitude <= HIGHEST_ALTITUDE:
        raise ValueError(
            f"altitude: {altitude:g} m lies outside {LOWEST_ALTITUDE:g} to {HIGHEST_ALTITUDE:g} m above the sea"
        )
    height = EARTH_RADIUS * altitude / (EARTH_RADIUS + altitude)
    exponent = GRAVITY / (GAS_CONSTANT * LAPSE_RATE)
    return SEA_LEVEL * float((1.0 - LAPSE_RATE * height / BASE_TEMPERATURE) ** exponent)


def temperature_faults(name: str, temperature: float) -> list[str]:
    """What is wrong with a temperature, in words that mend it."""
    if LOWEST <= temperature <= HIGHEST:
        return []
    return [f"{name}: {temperature:g} K lies outside {LOWEST:g} to {HIGHEST:g} K, for which air is known here"]


def pressure_faults(pressure: float) -> list[str]:
    """What is wrong with a pressure."""
    return [] if isfinite(pressure) and pressure > 0 else [f"pressure: {pressure:g} Pa is not positive and finite"]
