"""Settings in files, such as the secrets that Docker and Kubernetes mount."""

from pathlib import Path

from tasktimer.errors import InvalidValue


def read_setting_file(variable: str, name: str) -> str:
    """Return the text of the file that an environment variable names, without the spaces and lines around it.

    Raises:
        InvalidValue: if the file cannot be read.
    """
    try:
        return Path(name).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        raise InvalidValue("invalid-database", f"{variable}: cannot read {name}: {reason}") from None
