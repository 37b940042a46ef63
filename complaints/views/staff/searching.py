"""The phone that the desk looked for last: kept in the session as a digest, so that it stands in no address."""

from common.crypto import digest
from common.http import Request
from common.masking import masked
from complaints.permissions import may_search_phones
from complaints.selection import SearchedPhone

SEARCHED_PHONE = "searched_phone"


def keep_searched_phone(request: Request, phone: str) -> None:
    request.session[SEARCHED_PHONE] = {"digest": digest("phone", phone), "shown": masked(phone)}


def searched_phone(request: Request) -> SearchedPhone | None:
    """The phone whose cases the address asks for; None if it asks for none, or this person may not."""
    kept = request.session.get(SEARCHED_PHONE) if request.GET.get("phone") else None
    return SearchedPhone(**kept) if kept and may_search_phones(request.user) else None
