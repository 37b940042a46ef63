from datetime import date

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Leader, Role, Unit, User
from complaints.models.photo import StoredPhoto, new_token

MOST_STAGES = 8


class Kind(models.TextChoices):
    MAJOR = "major", "重大民生实事"
    PRACTICAL = "practical", "为民办实事"


class ProjectQuerySet(models.QuerySet["Project"]):
    def as_read(self, project: "Project") -> "ProjectQuerySet":
        """The row of `project` if nobody changed it since it was read, else nothing."""
        return self.filter(pk=project.pk, version=project.version)

    def kept_by(self, user: User) -> "ProjectQuerySet":
        """Those whose progress this person writes: every one, or those of the own unit."""
        if user.role == Role.OFFICE:
            return self
        if user.role == Role.LIAISON and user.unit_id:
            return self.filter(unit=user.unit_id)
        return self.none()

    def under_way(self) -> "ProjectQuerySet":
        return self.filter(completed_on=None)

    def overdue(self, *, on: date) -> "ProjectQuerySet":
        return self.under_way().filter(due_on__lt=on)

    def named(self) -> "ProjectQuerySet":
        """With what a row of a list names."""
        return self.select_related("unit", "leader").prefetch_related("stages")


class Project(models.Model):
    """A livelihood project (民生实事) of a year: a major one is led by a leader, a practical one is its unit's own."""

    number = models.CharField("编号", max_length=12, unique=True)
    year = models.PositiveSmallIntegerField("年度")
    kind = models.CharField("类别", max_length=10, choices=Kind.choices)
    title = models.CharField("名称", max_length=80)
    goal = models.CharField("办成什么样", max_length=300)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="projects", verbose_name="责任单位")
    leader = models.ForeignKey(
        Leader, models.PROTECT, null=True, blank=True, related_name="projects", verbose_name="牵头领导"
    )
    due_on = models.DateField("完成期限")
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")

    # Only projects.actions changes what follows.
    completed_on = models.DateField("完成日期", null=True, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = "民生实事"
        ordering = ["kind", "number"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="project_kind_known"),
            models.CheckConstraint(
                condition=Q(kind="practical") | Q(leader__isnull=False), name="major_project_has_leader"
            ),
        ]
        indexes = [
            # For the public list of a year.
            models.Index(fields=["year", "kind", "number"], name="project_year"),
            # For a unit's own list.
            models.Index(fields=["unit", "year"], name="project_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("projects:project", args=[self.number])

    @property
    def stages_done(self) -> int:
        return sum(1 for stage in self.stages.all() if stage.done_on)

    @property
    def current_stage(self) -> "Stage | None":
        """The first stage that is not done."""
        return next((stage for stage in self.stages.all() if not stage.done_on), None)

    def is_overdue(self, *, on: date) -> bool:
        return self.completed_on is None and self.due_on < on


class Stage(models.Model):
    """A step of a project (阶段), planned for a day."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="stages", verbose_name="民生实事")
    position = models.PositiveSmallIntegerField("次序")
    name = models.CharField("阶段", max_length=60)
    due_on = models.DateField("计划完成")
    done_on = models.DateField("完成日期", null=True, blank=True)

    class Meta:
        verbose_name = "阶段"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["project", "position"], name="one_stage_per_position")]

    def __str__(self) -> str:
        return self.name


class Note(models.Model):
    """What was written on the progress of a project, with the version it made. Never edited."""

    class What(models.TextChoices):
        PROGRESS = "progress", "进展"
        STAGE = "stage", "阶段完成"
        COMPLETED = "completed", "全部完成"
        REOPENED = "reopened", "重新办理"

    project = models.ForeignKey(Project, models.PROTECT, related_name="notes", verbose_name="民生实事")
    version = models.PositiveIntegerField()
    what = models.CharField("类别", max_length=10, choices=What.choices)
    stage = models.ForeignKey(Stage, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="阶段")
    text = models.CharField("进展", max_length=500)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="填写人")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "进展"
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["project", "version"], name="one_note_per_version")]

    def __str__(self) -> str:
        return f"{self.project} {self.get_what_display()}"


def picture_path(picture: "Picture", _filename: str) -> str:
    """A name of our own: the sender's file name never reaches the disk."""
    return f"projects/{picture.added_at:%Y/%m}/{picture.token}.jpg"


class Picture(StoredPhoto):
    """A picture of a note, drawn anew like those of cases; public with its project."""

    token = models.CharField(max_length=32, unique=True, default=new_token)
    file = models.FileField(upload_to=picture_path)
    note = models.ForeignKey(Note, models.PROTECT, related_name="pictures", verbose_name="进展")

    class Meta:
        verbose_name = "照片"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.note} 照片"


class ProjectSeries(models.Model):
    """The last project number given in a year, taken by a conditional UPDATE."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "民生实事编号"

    def __str__(self) -> str:
        return f"{self.year}-{self.last:03}"
