"""Write notices one by one, as a web process does, and say of each when it was acknowledged.

Called as `python -m tests.faults.writer PERSON PREFIX COUNT PAUSE`.
A line of JSON on stdout for each commit: {"key", "seconds"}; a write that the database refused is tried again.
"""

import json
import sys
import time

import django
from django.db import DatabaseError, close_old_connections, transaction
from django.utils import timezone


def main(person_id: int, prefix: str, count: int, pause: float) -> None:
    django.setup()
    from accounts.models import User  # noqa: PLC0415 -- after setup
    from notifications.outbox import notify  # noqa: PLC0415 -- after setup

    for number in range(count):
        reason = f"{prefix}:{number}"
        begun = time.monotonic()
        while True:
            try:
                with transaction.atomic():
                    person = User.objects.get(pk=person_id)
                    notify([person], reason=reason, title="示例提醒", url="/", at=timezone.now())
                break
            except DatabaseError:
                time.sleep(0.2)
                close_old_connections()
        told = {"key": f"{reason}:{person_id}", "seconds": time.monotonic() - begun}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        time.sleep(pause)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
