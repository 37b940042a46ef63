class DomainError(Exception):
    """Something a person asked for that the rules refuse, said in words they can be shown.

    `code` is stable and English, for API clients; `message` says what happened and what to do.
    """

    code = "refused"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class StaleRecord(DomainError):
    """Someone else changed the record after this person read it."""

    code = "stale"


class TooMany(DomainError):
    """A budget is used up; `retry_after` seconds from now it may work again. `limit` names it."""

    code = "too_many"

    def __init__(self, message: str, *, retry_after: int, limit: str = "") -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.limit = limit


class Unprocessable(DomainError):
    """What was sent is well-formed, but cannot be taken as it is: 422 in the API."""

    code = "unprocessable"
