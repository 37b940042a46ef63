"""Which variables the settings read, and the values that every run of tests gives them."""

import re
from pathlib import Path

PLAIN_SETTINGS = {
    "SECRET_KEY": "only-for-tests-" + "0123456789" * 5,
    "STATIC_MANIFEST": "0",
    # Playwright's synchronous API runs an event loop in the test's own thread.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
}


def documented_variables() -> list[str]:
    """The names in .env.example: all that the settings read."""
    text = (Path(__file__).parents[2] / ".env.example").read_text()
    return re.findall(r"^(?:# )?([A-Z][A-Z0-9_]*)=", text, flags=re.MULTILINE)
