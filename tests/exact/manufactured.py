"""Which smooth field has a known source, so that a mesh's order of convergence shows?

In the block 0 ≤ x ≤ a, 0 ≤ y ≤ b, 0 ≤ z ≤ c with k = diag(kx, ky, kz), take the rise

    u = A (3/2 + X Y) Z,    X = cos(π x/a),  Y = cos(2 π y/b),  Z = cos(β z - φ)

The slopes of X and Y vanish at the sides, which are therefore adiabatic. Each factor is an eigenfunction of the second
derivative, so that the source is the field's two parts, each times its own sum of k × (wave number)²:

    q = -∇·(k∇u) = A Z [ 3/2 kz β² + (kx (π/a)² + ky (2 π/b)² + kz β²) X Y ]

As X Y factors out of the film conditions, one plain film serves each end face. At z = 0, kz u' = h u asks for
kz β tan φ = h_bottom, which sets φ; at z = c, -kz u' = h u gives h_top = kz β tan(β c - φ). The mean of X Y is zero,
hence the means of temperature and source below.
"""

import math

import numpy as np

from thermopkg.arraytypes import FloatArray

SIZE = (10e-3, 8e-3, 2e-3)  # a, b, c, m
CONDUCTIVITY = (60.0, 40.0, 15.0)  # W/m/K
AMBIENT = 25.0  # K above 0 °C
AMPLITUDE = 40.0  # A, K
WAVE_Z = 600.0  # β, 1/m: βc - φ stays short of a right angle, so that the upper film is positive
FILM_BOTTOM = 300.0  # W/m²/K
PHASE = math.atan(FILM_BOTTOM / (CONDUCTIVITY[2] * WAVE_Z))  # φ
FILM_TOP = CONDUCTIVITY[2] * WAVE_Z * math.tan(WAVE_Z * SIZE[2] - PHASE)  # W/m²/K

WAVE_X, WAVE_Y = math.pi / SIZE[0], 2.0 * math.pi / SIZE[1]  # 1/m
UNIFORM_PART = 1.5  # keeps the field positive everywhere

MEAN_OF_Z = (math.sin(WAVE_Z * SIZE[2] - PHASE) + math.sin(PHASE)) / (WAVE_Z * SIZE[2])
MEAN_TEMPERATURE = AMBIENT + AMPLITUDE * UNIFORM_PART * MEAN_OF_Z  # K above 0 °C
POWER = AMPLITUDE * UNIFORM_PART * CONDUCTIVITY[2] * WAVE_Z**2 * MEAN_OF_Z * math.prod(SIZE)  # W


def temperature(x: FloatArray, y: FloatArray, z: FloatArray) -> FloatArray:
    """The field, K above 0 °C; coordinates in m, of one shape."""
    lateral = UNIFORM_PART + np.cos(WAVE_X * x) * np.cos(WAVE_Y * y)
    return AMBIENT + AMPLITUDE * lateral * np.cos(WAVE_Z * z - PHASE)


def gradient(x: FloatArray, y: FloatArray, z: FloatArray) -> FloatArray:
    """Gradient of the field, K/m, shape (3, *shape)."""
    cos_x, cos_y, cos_z = np.cos(WAVE_X * x), np.cos(WAVE_Y * y), np.cos(WAVE_Z * z - PHASE)
    along_x = -WAVE_X * np.sin(WAVE_X * x) * cos_y * cos_z
    along_y = -WAVE_Y * cos_x * np.sin(WAVE_Y * y) * cos_z
    along_z = -WAVE_Z * (UNIFORM_PART + cos_x * cos_y) * np.sin(WAVE_Z * z - PHASE)
    return AMPLITUDE * np.stack([along_x, along_y, along_z])


def source(x: FloatArray, y: FloatArray, z: FloatArray) -> FloatArray:
    """Heat that sustains the field, W/m³."""
    kx, ky, kz = CONDUCTIVITY
    through = kz * WAVE_Z**2
    lateral = kx * WAVE_X**2 + ky * WAVE_Y**2
    both = np.cos(WAVE_X * x) * np.cos(WAVE_Y * y)
    return AMPLITUDE * np.cos(WAVE_Z * z - PHASE) * (UNIFORM_PART * through + (lateral + through) * both)
