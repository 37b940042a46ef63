"""Commands of manage.py, one after the other in one process: starting it takes longer than most of them.

`python -m tests.harness.commands '[["backup", "file"], …]'` writes a line of JSON for each: how it ended, what it said.
"""

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout

import django
from django.core.management import execute_from_command_line
from django.db import connections


def run(arguments: list[str]) -> dict[str, object]:
    """As the shell would see it; the next one opens the database anew."""
    out, err, status = io.StringIO(), io.StringIO(), 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            execute_from_command_line(["manage.py", *arguments])
        except SystemExit as ending:
            status = int(ending.code or 0)
    connections.close_all()
    return {"status": status, "out": out.getvalue(), "err": err.getvalue()}


if __name__ == "__main__":
    django.setup()
    for command in json.loads(sys.argv[1]):
        sys.stdout.write(json.dumps(run(command)) + "\n")
        sys.stdout.flush()
