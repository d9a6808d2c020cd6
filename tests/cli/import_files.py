"""Files of other time trackers, written by hand, for the tests of imports on the command line."""

from typing import NamedTuple


class ImportedFile(NamedTuple):
    """A file, and its line in the output of `tasktimer import`, without its name.

    `mistake` is a text in a rejected row, and `correction` makes the row valid.
    """

    name: str
    text: str
    line: str
    mistake: str
    correction: str


TOGGL_HEADER = (
    "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags\n"
)
TOGGL_ROWS = """\
Ada,ada@example.com,Acme,Website,,write docs,No,2023-07-14,09:00:00,2023-07-14,10:30:00,01:30:00,"docs, urgent"
Ada,ada@example.com,Acme,Website,,call,No,2023-07-14,11:00:00,2023-07-14,10:45:00,00:15:00,
"""
CLOCKIFY = """\
"Project","Client","Description","Task","User","Tags","Start Date","Start Time","End Date","End Time","Duration (h)"
"Website","Acme","write docs","","Ada","","07/04/2023","09:00:00 AM","07/04/2023","10:30:00 AM","01:30:00"
"Website","Acme","call","","Ada","","07/14/2023","","07/14/2023","11:00:00 AM","00:15:00"
"""
WATSON = """\
[[1689318000, 1689323400, "website", "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f", ["docs"], 1689323400],
 [1689325200, 1689323400, "website", "1f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f", [], 1689323400]]
"""
TIMEWARRIOR = """\
inc 20230714T070000Z - 20230714T083000Z # docs "write docs"
inc 20230714T090000Z - 20230714T084500Z # call
"""
KLOG = """\
2023-07-14
    9:00 - 10:30 write docs #docs
    11:00 - 10:45 call
"""
TIMETRAP = """\
start,end,note,sheet
"2023-07-14 09:00:00","2023-07-14 10:30:00","write docs","website"
"2023-07-14 11:00:00","2023-07-14 10:45:00","call","website"
"""
BARTIB = """\
2023-07-14 09:00 - 2023-07-14 10:30 | website | write docs
2023-07-14 11:00 - 2023-07-14 10:45 | website | call
"""
ORG = """\
* Website
** write docs
   CLOCK: [2023-07-14 Fri 09:00]--[2023-07-14 Fri 10:30] =>  1:30
** call
   CLOCK: [2023-07-14 Fri 11:00]--[2023-07-14 Fri 10:45]
"""
JSONL = """\
{"id": 70, "user_id": 1, "description": "a", "start_time": "2023-07-14T07:00:00Z", "end_time": "2023-07-14T08:30:00Z"}
{"id": 80, "user_id": 1, "description": "b", "start_time": "2023-07-14T09:00:00Z", "end_time": "2023-07-14T08:45:00Z"}
"""

# In each, the second row ends before it starts.
FILES = [
    ImportedFile("2023-07.data", TIMEWARRIOR, "timewarrior\t2\t1\t5400\t0\t1\t0", "T084500Z", "T094500Z"),
    ImportedFile("frames", WATSON, "watson\t2\t1\t5400\t0\t1\t0", "1689325200", "1689320000"),
    ImportedFile("timetrap.csv", TIMETRAP, "timetrap\t2\t1\t5400\t0\t1\t0", " 10:45", " 11:45"),
    ImportedFile("toggl.csv", TOGGL_HEADER + TOGGL_ROWS, "toggl\t2\t1\t5400\t0\t1\t0", "10:45:00,00", "11:45:00,00"),
    ImportedFile("clockify.csv", CLOCKIFY, "clockify\t2\t1\t5400\t0\t1\t0", '3","","', '3","10:45:00 AM","'),
    ImportedFile("log.bartib", BARTIB, "bartib\t2\t1\t5400\t0\t1\t0", " 10:45", " 11:45"),
    ImportedFile("work.org", ORG, "org\t2\t1\t5400\t0\t1\t0", " 10:45", " 11:45"),
    ImportedFile("work.klg", KLOG, "klog\t2\t1\t5400\t0\t1\t0", " 10:45", " 11:45"),
    ImportedFile("tasks.jsonl", JSONL, "jsonl\t2\t1\t5400\t0\t1\t0", "T08:45", "T09:45"),
]
