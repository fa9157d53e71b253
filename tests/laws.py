"""How often a law is tried: enough to be told of a break at every change, and many times more in the long tier."""

from hypothesis import HealthCheck, Phase, settings

AT_LENGTH = "at-length"
"""The profile of ``./scripts/test --all``, under which every law is tried as often as it says."""

settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(AT_LENGTH, settings.get_profile("busy"))
settings.load_profile("busy")

ON_A_REGISTRY = settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
"""Of a law that plays a history on a registry in every example: few of them, and none is made smaller."""


def examples(few: int, *, at_length: int) -> int:
    """How many examples of a law to try."""
    return at_length if settings.get_current_profile_name() == AT_LENGTH else few
