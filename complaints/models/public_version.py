from django.db import models
from django.db.models import F, Q

from accounts.models import User
from complaints.models.complaint import Complaint
from complaints.models.photo import Photo
from complaints.workflow import State


class PublicVersionQuerySet(models.QuerySet["PublicVersion"]):
    def shown(self) -> "PublicVersionQuerySet":
        """What anybody may read now: a case opened again, or made confidential, disappears by itself."""
        # Not `state = closed`: the database could begin with every closed case there is, instead of the few published.
        in_another_state = Q(complaint__state__in=[state for state in State if state != State.CLOSED])
        public = self.filter(~in_another_state, is_published=True, complaint__is_confidential=False)
        return public.annotate(closed_at=F("complaint__closed_at"))

    NEWEST = ("-closed_at", "-pk")


class PublicVersion(models.Model):
    """A closed case as the public reads it (公开版本), in words that the office went over; the original stays."""

    complaint = models.OneToOneField(Complaint, models.PROTECT, related_name="public_version", verbose_name="案件")
    title = models.CharField("标题", max_length=40)
    text = models.TextField("反映内容", max_length=500)
    result = models.TextField("办理结果", max_length=1000)
    photos = models.ManyToManyField(Photo, related_name="public_versions", verbose_name="照片")
    is_published = models.BooleanField("公开", default=True)
    changed_at = models.DateTimeField("修改时间")
    changed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="修改人")

    objects = PublicVersionQuerySet.as_manager()

    class Meta:
        verbose_name = "公开案件"

    def __str__(self) -> str:
        return self.title
