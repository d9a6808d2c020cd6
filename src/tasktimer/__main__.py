"""`python -m tasktimer` runs the `tasktimer` command."""

import sys

from tasktimer.cli import main

if __name__ == "__main__":
    sys.exit(main())
