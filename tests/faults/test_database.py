"""PostgreSQL crashes and comes back under load: writers go on, and every commit that was acknowledged is there."""

import json
import subprocess
import sys
import time
from contextlib import closing

import psycopg2
import pytest

from tests.faults.servers import FaultyPostgres
from tests.harness.processes import ROOT, own_environment

pytestmark = [pytest.mark.fault, pytest.mark.needs_postgres]
PERSON = (
    "from accounts.models import *; "
    "print(User.objects.create(username='a', name='示例人员甲', role='office', must_change_password=False).pk)"
)


def test_postgres_crashing_under_load_loses_nothing_that_was_acknowledged(tmp_path, measured):
    tmp_path.chmod(0o755)
    for parent in list(tmp_path.parents)[:3]:
        parent.chmod(0o755)  # PostgreSQL's user passes through
    server = FaultyPostgres(tmp_path)
    env = own_environment(
        DATABASE_URL=server.url, VAR_DIR=str(tmp_path / "var"), NOTICE_BACKEND="file",
        NOTICE_FILE=str(tmp_path / "notices.jsonl"), REDIS_URL="",
    )  # fmt: skip

    def manage(*arguments):
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    manage("migrate", "-v0")
    person = manage("shell", "-v0", "-c", PERSON)
    command = [sys.executable, "-m", "tests.faults.writer", person]
    writers = [
        subprocess.Popen([*command, f"w{number}", "100", "0.05"], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
        for number in range(3)
    ]
    time.sleep(5)
    server.crash_and_recover(seconds_down=2)
    ledger = [json.loads(line) for writer in writers for line in writer.communicate(timeout=200)[0].splitlines()]

    measured("slowest write", max(entry["seconds"] for entry in ledger))
    with closing(psycopg2.connect(server.url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT dedup_key FROM notifications_notice ORDER BY dedup_key")
        stored = [key for (key,) in cursor.fetchall()]
    server.close()
    assert len(ledger) == 300
    assert stored == sorted(entry["key"] for entry in ledger)
