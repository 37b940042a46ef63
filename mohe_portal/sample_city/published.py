"""Some closed cases that the office has published (公开), with their pictures of before and after."""

from django.db.models import Exists, OuterRef

from accounts.models import Role, User
from complaints import actions
from complaints.models import Complaint, Photo
from complaints.workflow import State

PUBLISHED = 12
BEFORE_AND_AFTER = (Photo.Kind.BEFORE, Photo.Kind.AFTER)


def publish_some() -> None:
    """Publish the cases closed last that have pictures of both kinds."""
    office = User.objects.filter(role=Role.OFFICE).order_by("pk").first()
    closed = Complaint.objects.filter(state=State.CLOSED, is_confidential=False).filter(
        *(Exists(Photo.objects.filter(complaint=OuterRef("pk"), kind=kind)) for kind in BEFORE_AND_AFTER)
    )
    for case in closed.prefetch_related("photos").order_by("-closed_at")[:PUBLISHED]:
        if office is None or case.closed_at is None:
            continue
        actions.publish(
            case,
            title=actions.without_house(case.title)[:40],
            text=actions.without_house(case.text),
            result=actions.without_house(case.result),
            photos=list(case.photos.all()),
            by=office,
            at=case.closed_at,
        )
