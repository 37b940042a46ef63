"""The categories as a list to choose from, read again when one of them changes."""

from common.listing import Entry, Listing
from common.revisions import remembered
from complaints.models import Category


@remembered("reference", most=1)
def category_listing() -> Listing:
    """Every category by its major class; those in use are offered."""
    return Listing(
        Entry(
            one.pk,
            str(one.pk),
            one.name,
            group=f"{one.get_kind_display()} {one.major_name}",
            name=str(one),
            is_offered=one.is_active,
        )
        for one in Category.objects.all()
    )
