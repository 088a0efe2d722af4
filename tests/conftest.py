"""How do all tests draw their examples? Hypothesis profiles: the same examples on every run unless asked otherwise."""

import os

from hypothesis import HealthCheck, settings

# On a shared machine the time of one example says nothing, and the compiled kernels load within the first.
common = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("repeatable", derandomize=True, database=None, **common)
settings.register_profile("searching", max_examples=500, **common)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))
