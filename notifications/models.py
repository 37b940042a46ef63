import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Count, Q

from common.composed import Composed
from common.crypto import ALPHABET, decrypt, encrypt


class Kind(models.TextChoices):
    NEWS = "news", "办件"
    # Of what waits or is late. Outside the portal one message a day lists them.
    REMINDER = "reminder", "催办"
    DIGEST = "digest", "每日汇总"


class Urgency(models.IntegerChoices):
    NORMAL = 1, "一般"
    HIGH = 2, "先办"
    # Goes out at once, at night and whatever its kind.
    URGENT = 3, "紧急"


class Channel(models.TextChoices):
    """A way out of the portal. The inbox is none of them: there the notice itself is what is read."""

    EMAIL = "email", "电子邮件"
    SMS = "sms", "短信"
    ROBOT = "robot", "群机器人"
    # For checks from outside; everybody's notices go there.
    FILE = "file", "文件"
    HTTP = "http", "接口"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def unread_by(self, user_id: int) -> "NoticeQuerySet":
        return self.filter(recipient_id=user_id, read_at=None)

    def count_unread_by(self, user_id: int) -> int:
        return sum(count for _, count in _unread(user=user_id))


# On every page of staff.
_unread = Composed(
    lambda user: Notice.objects.unread_by(user).values_list("recipient").annotate(Count("pk")),
    user=models.BigAutoField(),
)


class Notice(models.Model):
    """A message to one person (提醒), written in the transaction of what it tells of.

    The row is what the inbox shows. What leaves the portal has a NoticeDelivery for each way out. Without a recipient
    it is a text message to a resident's phone: nobody's inbox shows it, and the words stand sealed in its deliveries.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="notices", verbose_name="收件人"
    )
    # The same reason on the same day has the same key, and so exists once.
    dedup_key = models.CharField(max_length=160, unique=True)
    kind = models.CharField("种类", max_length=10, choices=Kind.choices, default=Kind.NEWS)
    urgency = models.PositiveSmallIntegerField("缓急", choices=Urgency.choices, default=Urgency.NORMAL)
    title = models.CharField("标题", max_length=120)
    body = models.TextField("内容", blank=True)
    url = models.CharField("链接", max_length=200)
    created_at = models.DateTimeField("时间")
    read_at = models.DateTimeField("阅读时间", null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "提醒"
        indexes = [
            # For the inbox and its unread count on every staff page.
            models.Index(fields=["recipient", "-created_at"], name="notice_inbox"),
            models.Index(fields=["recipient"], condition=Q(read_at=None), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return self.title


class DeliveryState(models.TextChoices):
    WAITING = "waiting", "等待发送"
    DELIVERED = "delivered", "已发出"
    DEAD = "dead", "发送失败"
    DROPPED = "dropped", "不再需要"


class NoticeDeliveryQuerySet(models.QuerySet["NoticeDelivery"]):
    def waiting(self, *, at: datetime) -> "NoticeDeliveryQuerySet":
        """Due, and not in the hands of a worker whose lease still runs.

        A lease further ahead than any is ever given was written before the clock was set back.
        """
        impossible = at + NoticeDelivery.FURTHEST_LEASE
        free = Q(lease_until=None) | Q(lease_until__lt=at) | Q(lease_until__gt=impossible)
        return self.filter(free, state=DeliveryState.WAITING, available_at__lte=at)

    def dead(self) -> "NoticeDeliveryQuerySet":
        return self.filter(state=DeliveryState.DEAD)


class NoticeDelivery(models.Model):
    """One notice on its way out by one channel: tried, put off and given up by itself.

    The row is the record: a queue only makes delivery fast, a sweep makes it sure.
    """

    FURTHEST_LEASE = timedelta(hours=1)

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries", verbose_name="提醒")
    channel = models.CharField("渠道", max_length=10, choices=Channel.choices)
    # The receiver gets it with every try, and so can tell a second one from a second message.
    key = models.CharField(max_length=180, unique=True)
    state = models.CharField("状态", max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    available_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField("尝试次数", default=0)
    # Tries that were refused, or that took their worker with them; those that met silence are not the message's fault.
    faults = models.PositiveSmallIntegerField(default=0)
    error = models.CharField("原因", max_length=200, blank=True)
    delivered_at = models.DateTimeField("发出时间", null=True)
    # Of a text message: phone and words, encrypted, emptied once it is out.
    sealed = models.TextField(blank=True, default="")

    objects = NoticeDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = "提醒投递"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="delivered", delivered_at__isnull=False)
                | (~Q(state="delivered") & Q(delivered_at=None)),
                name="delivery_delivered_has_moment",
            ),
        ]
        indexes = [
            # For the sweep.
            models.Index(fields=["channel", "available_at"], condition=Q(state="waiting"), name="delivery_waiting"),
            # For the page of what failed.
            models.Index(fields=["-id"], condition=Q(state="dead"), name="delivery_dead"),
        ]

    def __str__(self) -> str:
        return self.key


class ChannelChoice(models.Model):
    """Whether a person wants notices by one channel, and at which address."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="channel_choices", verbose_name="用户"
    )
    channel = models.CharField("渠道", max_length=10, choices=Channel.choices)
    is_on = models.BooleanField("启用", default=False)
    # A phone, or a robot's address with its key in it.
    address_encrypted = models.TextField(blank=True)

    class Meta:
        verbose_name = "提醒方式"
        constraints = [models.UniqueConstraint(fields=["person", "channel"], name="one_choice_per_channel")]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {'启用' if self.is_on else '停用'}"

    @property
    def address(self) -> str:
        return decrypt(self.address_encrypted) if self.address_encrypted else ""

    @address.setter
    def address(self, value: str) -> None:
        self.address_encrypted = encrypt(value) if value else ""


PHONE_TOKEN_LENGTH = 12


def new_phone_token() -> str:
    """Short enough for a text message, and not to be guessed: 60 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(PHONE_TOKEN_LENGTH))


class PhoneChoice(models.Model):
    """Whether a phone wants text messages (短信退订). It belongs to nobody here: only its digest is kept."""

    phone_digest = models.CharField(max_length=64, unique=True)
    # Stands in every message; whoever has it may say no, and yes again.
    token = models.CharField(max_length=12, unique=True, default=new_phone_token)
    is_on = models.BooleanField("接收短信", default=True)
    changed_at = models.DateTimeField("改动时间", null=True)

    class Meta:
        verbose_name = "短信接收"

    def __str__(self) -> str:
        return f"{self.token} {'接收' if self.is_on else '不接收'}"
