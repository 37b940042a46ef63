"""The units as a list to choose from, read again when one of them changes."""

from accounts.models import Unit
from common.listing import Entry, Listing
from common.revisions import remembered


@remembered("reference", most=1)
def unit_listing() -> Listing:
    """Every unit, by its number."""
    rows = Unit.objects.order_by("code").values_list("pk", "code", "name")
    return Listing(Entry(pk, code, name) for pk, code, name in rows)
