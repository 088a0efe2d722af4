"""Thermal simulation of semiconductor packages, with a guaranteed bound on the mesh error of every answer."""

__version__ = "0.1.0"
