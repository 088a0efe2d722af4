"""What does a face radiate? The film of a small grey body whose surroundings are as warm as the air."""

STEFAN_BOLTZMANN = 5.670374419e-8  # W/m^2/K^4 [tiesinga2021]


def radiative_film(surface: float, ambient: float, emissivity: float) -> float:
    """W/m^2/K, such that film * (surface - ambient) is what is radiated, exactly.

        h = emissivity * sigma * (Ts^2 + Ta^2) * (Ts + Ta)

    The face sees nothing but surroundings at `ambient`: view factor 1. Temperatures in K.
    Source of the constant: [tiesinga2021]
    """
    return emissivity * STEFAN_BOLTZMANN * (surface**2 + ambient**2) * (surface + ambient)
