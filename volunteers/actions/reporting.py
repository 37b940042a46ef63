from collections.abc import Sequence
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F

from accounts.models import User
from audit import log
from common.errors import DomainError
from complaints.pictures import CleanPhoto
from volunteers.actions.planning import StaleActivity
from volunteers.models import Activity, ActivityPhoto
from volunteers.workflow import ActivityState

MOST_PHOTOS = 9


@transaction.atomic
def report_activity(
    activity: Activity, *, text: str, url: str, photos: Sequence[CleanPhoto], by: User, at: datetime
) -> None:
    """Tell how it went, with pictures and where it was published; told again, the words replace the earlier ones."""
    if activity.state not in {ActivityState.PUBLISHED, ActivityState.CONFIRMED} or at < activity.ends_at:
        raise DomainError("活动结束以后才能写活动情况。")
    if ActivityPhoto.objects.filter(activity=activity).count() + len(photos) > MOST_PHOTOS:
        raise DomainError(f"一个活动最多 {MOST_PHOTOS} 张照片。请去掉几张，再提交一次。")
    as_read = Activity.objects.as_read(activity)
    if not as_read.update(report=text.strip(), report_url=url, reported_at=at, version=F("version") + 1):
        raise StaleActivity
    activity.refresh_from_db()
    for photo in photos:
        row = ActivityPhoto(activity=activity, width=photo.width, height=photo.height, sha256=photo.sha256, added_at=at)
        row.file.save("photo.jpg", ContentFile(photo.content), save=False)
        row.save(force_insert=True)
    log.record("写活动情况", by=by, at=at, target=activity, photos=len(photos))
