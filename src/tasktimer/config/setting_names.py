"""The names of the settings."""

from tasktimer.errors import InvalidValue, find_closest_match, quote_value

# Each with the types that its value can have in the config file.
SETTINGS: dict[str, tuple[type, ...]] = {
    "database": (str,),
    "user": (str, int),
    "format": (str,),
    "tz": (str,),
    "exclusive": (bool,),
    "day_starts_at": (str,),
    "week_starts_on": (str,),
}


def validate_name(name: str) -> None:
    """Raise InvalidValue, with the most similar name as a hint, if there is no setting with this name."""
    if name not in SETTINGS:
        meant = find_closest_match(name.replace("-", "_"), SETTINGS)
        hint = f"use one of {', '.join(SETTINGS)}" if meant is None else f"did you mean {quote_value(meant)}?"
        raise InvalidValue("unknown-setting", f"unknown setting {quote_value(name)}", hint)
