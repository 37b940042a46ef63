"""Text in the cells of exported tables: a cell that looks like a formula must not become one in somebody's Excel."""

import re

# Also the full-width forms, which some programs take for the sign itself.
_DANGEROUS = re.compile(r"^'*[=+\-@\t\r＝＋－＠]")


def guarded(text: str) -> str:
    """The text for a cell; an apostrophe in front of what would be read as a formula."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def unguarded(text: str) -> str:
    """What was `guarded`."""
    return text[1:] if text.startswith("'") and _DANGEROUS.match(text[1:]) else text
