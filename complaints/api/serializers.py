"""The shapes of what the API takes and gives."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from complaints.actions.requests import MOST_EXTENSION_DAYS
from complaints.models import Category, Channel, Complaint, Event, ProblemGroup
from complaints.models.complaint import Light
from complaints.performing import FORMS
from complaints.workflow import State

STAFF_MOVES = [(move.value, move.label) for move in FORMS]


class IntakeSerializer(serializers.Serializer[dict[str, Any]]):
    """A complaint. One of the point (both coordinates, WGS-84), the grid and the place is needed."""

    text = serializers.CharField(min_length=5, max_length=500)
    longitude = serializers.FloatField(min_value=-180, max_value=180, required=False, allow_null=True)
    latitude = serializers.FloatField(min_value=-90, max_value=90, required=False, allow_null=True)
    grid = serializers.CharField(required=False, allow_blank=True, help_text="网格编码，15 位。")
    place = serializers.CharField(max_length=120, required=False, allow_blank=True)
    group = serializers.ChoiceField(choices=ProblemGroup.choices, required=False, help_text="不写是 other。")
    phone = serializers.CharField(max_length=30)
    name = serializers.CharField(max_length=20, required=False, allow_blank=True)
    may_contact = serializers.BooleanField(required=False, help_text="办理单位可以联系反映人。")
    confidential = serializers.BooleanField(required=False)


class IntakeWithPhotosSerializer(IntakeSerializer):
    photos = serializers.ListField(child=serializers.FileField(), max_length=6, required=False)


class ReceiptSerializer(serializers.Serializer[Any]):
    number = serializers.CharField(help_text="案件编号，可以公开。")
    code = serializers.CharField(help_text="查询码，只给反映人。")
    state = serializers.ChoiceField(choices=[State.RECEIVED])
    due_at = serializers.DateTimeField(help_text="最晚什么时候告诉反映人收不收。")


class LookupSerializer(serializers.Serializer[dict[str, Any]]):
    code = serializers.CharField(max_length=40)
    phone_tail = serializers.RegexField(
        r"^[0-9]{4}$", required=False, allow_blank=True, help_text="手机号后四位；有了它才给反映的原文。"
    )


class StepSerializer(serializers.Serializer[Any]):
    move = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of that name
    state = serializers.ChoiceField(choices=State.choices)
    at = serializers.DateTimeField()
    unit = serializers.CharField(allow_null=True)
    note = serializers.CharField(allow_blank=True)


class OwnWordsSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()
    place = serializers.CharField(allow_blank=True)


class ProgressSerializer(serializers.Serializer[Any]):
    """How a case stands, as its reporter is told."""

    number = serializers.CharField()
    merged_into = serializers.CharField(allow_null=True, help_text="并案后按哪一件办；有的话，下面的进展都是那一件的。")
    state = serializers.ChoiceField(choices=State.choices)
    state_label = serializers.CharField()
    heading = serializers.CharField()
    due_at = serializers.DateTimeField(allow_null=True)
    steps = StepSerializer(many=True)
    result = serializers.CharField(allow_blank=True)
    own = OwnWordsSerializer(allow_null=True)


class NamedSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()


class CategorySerializer(serializers.ModelSerializer[Category]):
    class Meta:
        model = Category
        fields = ["id", "name"]


class CaseRowSerializer(serializers.ModelSerializer[Complaint]):
    """A case in a list. Nothing of who filed it, and no phone that somebody wrote into the text."""

    channel = serializers.ChoiceField(choices=Channel.choices)
    state = serializers.ChoiceField(choices=State.choices)
    state_label = serializers.CharField(source="get_state_display")
    group = serializers.ChoiceField(choices=ProblemGroup.choices)
    title = serializers.CharField()
    category = CategorySerializer(allow_null=True)
    grid = NamedSerializer(allow_null=True)
    unit = NamedSerializer(allow_null=True)
    light = serializers.SerializerMethodField()

    class Meta:
        model = Complaint
        fields = [
            "number", "channel", "state", "state_label", "group", "category", "title", "grid", "unit", "filed_at",
            "due_at", "light", "is_urgent", "is_confidential", "round", "version", "overall_due_at", "suspended_until",
            "supervised_at", "asked_for",
        ]  # fmt: skip
        extra_kwargs = {"is_urgent": {"required": True}, "is_confidential": {"required": True}}

    def get_light(self, case: Complaint) -> Light:
        return case.light(at=self.context["at"])


class CasePageSerializer(serializers.Serializer[Any]):
    results = CaseRowSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="下一页的 cursor；没有下一页是 null。")
    previous = serializers.CharField(allow_null=True)


class EventSerializer(serializers.ModelSerializer[Event]):
    label = serializers.CharField(source="get_move_display")  # type: ignore[assignment]  # a field of that name
    by = serializers.SerializerMethodField()
    unit = serializers.CharField(source="unit.name", default=None, allow_null=True)

    class Meta:
        model = Event
        fields = ["version", "move", "label", "from_state", "to_state", "by", "unit", "at", "note", "was_overdue"]

    def get_by(self, event: Event) -> str | None:
        """None is the resident."""
        return str(event.actor) if event.actor else None


class ReporterSerializer(serializers.Serializer[Any]):
    phone = serializers.CharField(source="masked_phone", allow_blank=True)
    may_contact = serializers.BooleanField()


class CaseSerializer(CaseRowSerializer):
    """A whole case. `reporter` is null for whoever may not know; the phone is masked for everybody.

    Wants `at`, `events`, `moves` and `reporter`, as this person may see them, in its context.
    """

    text = serializers.CharField()
    place = serializers.CharField(allow_blank=True)
    result = serializers.CharField(allow_blank=True)
    events = serializers.SerializerMethodField()
    moves = serializers.SerializerMethodField()
    reporter = serializers.SerializerMethodField()

    class Meta(CaseRowSerializer.Meta):
        fields = [
            *CaseRowSerializer.Meta.fields, "text", "place", "longitude", "latitude", "result", "closed_at",
            "events", "moves", "reporter",
        ]  # fmt: skip

    @extend_schema_field(EventSerializer(many=True))
    def get_events(self, case: Complaint) -> Any:
        return EventSerializer(self.context["events"], many=True).data

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=STAFF_MOVES)))
    def get_moves(self, case: Complaint) -> Any:
        return self.context["moves"]

    @extend_schema_field(ReporterSerializer(allow_null=True))
    def get_reporter(self, case: Complaint) -> Any:
        reporter = self.context["reporter"]
        return ReporterSerializer(reporter).data if reporter else None


class MoveSerializer(serializers.Serializer[Any]):
    """A move, the version of the case it was decided on, and beside them the fields of the move's form."""

    move = serializers.ChoiceField(choices=STAFF_MOVES)
    version = serializers.IntegerField(min_value=0)
    category = serializers.IntegerField(required=False, help_text="accept：类别的 id。")
    is_urgent = serializers.BooleanField(required=False)
    unit = serializers.CharField(required=False, help_text="dispatch、redispatch：责任单位的编号。")
    reason = serializers.CharField(required=False)
    turn_to = serializers.CharField(required=False, help_text="reject：可以找哪里。")
    note = serializers.CharField(required=False, allow_blank=True)
    result = serializers.CharField(required=False, help_text="submit：办理结果。")
    into = serializers.CharField(required=False, help_text="merge：并入的案件编号。")
    helpers = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="dispatch、helpers：协办单位的编号；helpers 是全部。"
    )
    days = serializers.IntegerField(
        required=False, min_value=1, max_value=MOST_EXTENSION_DAYS, help_text="ask_extension、grant_extension：工作日。"
    )
    until = serializers.DateField(required=False, help_text="ask_suspension、grant_suspension：挂账到哪天。")
    text = serializers.CharField(required=False, help_text="note：进展。")
    is_confidential = serializers.BooleanField(required=False, help_text="mark：两个标记都要给。")
    is_anonymous = serializers.BooleanField(required=False)


class MovedSerializer(serializers.ModelSerializer[Complaint]):
    state = serializers.ChoiceField(choices=State.choices)
    state_label = serializers.CharField(source="get_state_display")

    class Meta:
        model = Complaint
        fields = ["number", "state", "state_label", "version", "due_at"]
