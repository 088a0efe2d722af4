"""Does the package read on the claim? The claims as data, their checks, and the chart of verdicts."""
