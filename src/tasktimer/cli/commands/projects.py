"""`tasktimer projects`: show the projects, with the time spent on each."""

from tasktimer.cli.commands._label_usage import create_command
from tasktimer.services import labels

EPILOG = """\
Examples:
  tasktimer projects
  tasktimer projects last week
  tasktimer projects --tag billed --longer-than 15m
  tasktimer projects --user 42 --json

RANGE takes the same forms as for tasktimer list. With RANGE, --from or --to,
only the tasks and the time within the range are counted.

Output: a table on a terminal, in which projects include their subprojects; in
other formats, acme does not include acme/web. When piped, prints
tab-separated lines: name, count (of tasks), last_time (start of the most
recent task) and worked (in seconds). For tasks without a project, the name is
empty, or null in JSON. --format or TASKTIMER_FORMAT selects another format;
csv includes a header.
"""

projects = create_command("Projects", labels.projects)
