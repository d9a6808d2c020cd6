"""`tasktimer tags`: show the tags, with the time spent on each."""

from tasktimer.cli.commands._label_usage import create_command
from tasktimer.services import labels

EPILOG = """\
Examples:
  tasktimer tags
  tasktimer tags last week
  tasktimer tags --project acme
  tasktimer tags --user 42 --json

RANGE takes the same forms as for tasktimer list. With RANGE, --from or --to,
only the tasks and the time within the range are counted.

Output: a table on a terminal. A task with several tags is counted for each of
them, but only once in the total. When piped, prints tab-separated lines:
name, count (of tasks), last_time (start of the most recent task) and worked
(in seconds). For tasks without a tag, the name is empty, or null in JSON.
--format or TASKTIMER_FORMAT selects another format; csv includes a header.
"""

tags = create_command("Tags", labels.tags)
