"""How many examples Hypothesis tries: all in CI and with `--hypothesis-profile full`, a fifth of them elsewhere."""

import os

from hypothesis import HealthCheck, settings

_FULL, _SMALL = 100, 20

for _name, _examples in (("full", _FULL), ("small", _SMALL)):
    settings.register_profile(
        _name,
        max_examples=_examples,
        deadline=None,  # on a busy machine any example may take long
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
settings.load_profile("full" if os.environ.get("CI") else "small")


def examples(full: int) -> int:
    """How many examples a test tries in the profile that is loaded, of those it tries in full."""
    return full * settings().max_examples // _FULL
