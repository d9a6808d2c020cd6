"""Hypothesis profiles: all examples in CI and with `--hypothesis-profile full`, a fifth of them otherwise."""

import os

from hypothesis import HealthCheck, settings

_FULL, _SMALL = 100, 20

for _name, _examples in (("full", _FULL), ("small", _SMALL)):
    settings.register_profile(
        _name,
        max_examples=_examples,
        deadline=None,  # any example can be slow on a busy machine
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
settings.load_profile("full" if os.environ.get("CI") else "small")


def examples(full: int) -> int:
    """Return the number of examples for the loaded profile, given the full number."""
    return full * settings().max_examples // _FULL
