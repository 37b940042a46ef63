from django.db import transaction

from accounts.models import User
from common.errors import DomainError
from complaints.models import SavedFilter


@transaction.atomic
def save_filter(*, name: str, query: str, by: User) -> SavedFilter:
    """Keep the queue's filters under a name; the same name again takes the new ones."""
    own = SavedFilter.objects.filter(owner=by)
    if own.count() >= SavedFilter.MOST and not own.filter(name=name).exists():
        raise DomainError(f"最多存 {SavedFilter.MOST} 个筛选，先删掉不用的。")
    saved, _ = SavedFilter.objects.update_or_create(owner=by, name=name, defaults={"query": query})
    return saved


def delete_filter(saved: SavedFilter) -> None:
    saved.delete()
