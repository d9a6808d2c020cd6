"""A time tracker for the command line (`track`, `stop`, `times`) and for Python scripts (`open_tracker`)."""

__all__ = ["Tracker", "__version__", "open_tracker"]
__version__ = "0.1.0"

TYPE_CHECKING = False  # avoids importing typing in scripts that only read the version
if TYPE_CHECKING:
    from tasktimer.client import Tracker, open_tracker
else:

    def __getattr__(name: str) -> object:
        if name in {"Tracker", "open_tracker"}:
            from tasktimer import client

            return getattr(client, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
