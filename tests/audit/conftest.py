import pytest
from django.db import connection

from audit import append_only


@pytest.fixture
def triggers_off(db):
    """Somebody with the keys of the database takes the triggers off; the test's roll-back puts them back."""
    with connection.cursor() as cursor:
        for statement in append_only.DROP[connection.vendor]:
            cursor.execute(statement)
