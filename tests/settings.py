"""The portal's own settings, on databases and folders of the test run's own (see harness/environment.py)."""

from tests.harness import environment

environment.prepare()

from mohe_portal.settings import *  # noqa: E402, F403, TID251 - they read the environment prepared above
from mohe_portal.settings import DATABASES, INSTALLED_APPS, MIDDLEWARE  # noqa: E402, TID251 - changed below

# Slow on purpose in production.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Tests fill in forms faster than people.
INTAKE_FASTEST_SECONDS = 0

# A page that asks once per row fails its test.
INSTALLED_APPS = [*INSTALLED_APPS, "zeal"]
MIDDLEWARE = ["zeal.middleware.zeal_middleware", *MIDDLEWARE]
# Django reads a session twice to end it, and each of two audit entries in one request queues up at the chain's head.
# A refused move shows the case as it is by then: it is read again, with its helpers.
ZEAL_ALLOWLIST = [
    {"model": "sessions.Session", "field": "*"},
    {"model": "audit.ChainHead", "field": "*"},
    {"model": "complaints.Complaint", "field": "helpers"},
]

if environment.DATABASE == "sqlite":
    # A file, locked and journalled as in real life; only the waiting for the disk is left out.
    options = DATABASES["default"]["OPTIONS"]
    options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
