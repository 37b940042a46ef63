from datetime import timedelta

import pytest
import time_machine

from tests.factories.complaints import MONDAY


@pytest.fixture
def monday_noon():
    """Pages take the time from the clock: it stands at Monday, 23 November 2026, noon."""
    with time_machine.travel(MONDAY + timedelta(hours=3), tick=False) as clock:
        yield clock
