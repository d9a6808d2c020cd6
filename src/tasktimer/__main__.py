"""`python -m tasktimer` is the command `tasktimer`."""

import sys

from tasktimer.cli import main

if __name__ == "__main__":
    sys.exit(main())
