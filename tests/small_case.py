"""A small flip chip under a heat sink, whole enough to meet claims 1 to 8, and a bar that is solved in no time."""

TEXT = """
title = "Small flip chip under a heat sink"

[study]
claims = ["heat-sink/1", "heat-sink/2", "heat-sink/3", "heat-sink/4",
          "heat-sink/5", "heat-sink/6", "heat-sink/7", "heat-sink/8"]

[environment]
ambient = "25 degC"
top     = { film = "500 W/m^2/K" }
sides   = { film = "10 W/m^2/K" }
bottom  = { film = "20 W/m^2/K" }

[[part]]
name = "carrier"
kind = "substrate"
size = ["6 mm", "6 mm"]
layers = [
  { material = "copper", thickness = "20 um", coverage = 0.5 },
  { material = "bt-laminate", thickness = "0.3 mm" },
  { material = "copper", thickness = "20 um", coverage = 0.5 },
]

[[part]]
name  = "chip"
kind  = "chip"
on    = "carrier"
size  = ["2 mm", "2 mm", "0.3 mm"]
power = "1 W"
bumps = { material = "sn63pb37", pitch = "0.5 mm", diameter = "0.2 mm", height = "0.1 mm" }

[[part]]
name = "sink"
kind = "heat-sink"
over = "chip"
gap  = "0.1 mm"
size = ["5 mm", "5 mm", "0.4 mm"]
material = "copper"

[[part]]
name = "mould"
kind = "encapsulant"
material = "emc-2.5"
exposes = ["sink.top"]

[[part]]
name = "balls"
kind = "balls"
under = "carrier"
material = "sac305"
pitch = "1 mm"
diameter = "0.5 mm"
height = "0.4 mm"
fill = "air"

[[part]]
name = "capacitor"
kind = "passive"
on = "carrier"
at = ["2 mm", "0 mm"]
size = ["0.6 mm", "0.3 mm", "0.3 mm"]
material = "passive-ceramic"
terminals = { material = "nickel", length = "0.15 mm" }
"""

# A bar of 2 x 2 x 1 mm, heated throughout, with a copper foot that spreads nothing: small, and not exact on its grid.
BAR = """
title = "A heated bar on a foot"

[study]
metrics = []
tolerance = "5 %"

[environment]
ambient = "20 degC"
bottom  = { film = "2000 W/m^2/K" }

[[part]]
name = "foot"
kind = "block"
size = ["4 mm", "4 mm", "0.5 mm"]
material = "alumina"

[[part]]
name = "bar"
kind = "block"
on   = "foot"
size = ["2 mm", "2 mm", "1 mm"]
material = "silicon"
power = "1 W"
"""
