"""What the pages of the quiz send. Every message names its field and says what to do."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from publicity.actions.quiz import Frame, QuestionDraft
from publicity.forms.versioned import SpanForm, VersionedForm, day_field, title_field
from publicity.models import Question
from publicity.models.quiz import (
    FEWEST_OPTIONS,
    LETTERS,
    LONGEST_EXPLANATION,
    LONGEST_OPTION,
    LONGEST_QUESTION,
    MOST_OPTIONS,
)
from publicity.quiz_sheet import MOST_BYTES


class AnswersForm(forms.Form):
    """All questions of a round; `chosen` is a letter for each."""

    use_required_attribute = False

    def __init__(self, *args: Any, questions: Sequence[Question], **options: Any) -> None:
        super().__init__(*args, **options)
        for number, question in enumerate(questions, start=1):
            self.fields[f"q{number}"] = forms.ChoiceField(
                label=f"{number}．{question.text}",
                choices=[(letter, f"{letter}．{option}") for letter, option in question.lettered],
                widget=forms.RadioSelect,
                error_messages={
                    "required": f"第 {number} 题还没选。",
                    "invalid_choice": f"第 {number} 题选的不在选项里，请重新选。",
                },
            )

    @property
    def chosen(self) -> str:
        return "".join(self.cleaned_data[name] for name in self.fields)


class RoundForm(SpanForm):
    title = title_field()
    about = forms.CharField(
        label="说明（可不写）",
        max_length=300,
        required=False,
        help_text="写在题目上面，例如这一期问什么。",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": "说明最多 300 字，现在是 %(show_value)d 字。"},
    )
    opens_on = day_field("开始日期")
    closes_on = day_field("截止日期", hint="这一天还能答。")

    @property
    def frame(self) -> Frame:
        return Frame(**{name: value for name, value in self.cleaned_data.items() if name != "version"})


class QuestionForm(VersionedForm):
    text = forms.CharField(
        label="题目",
        max_length=LONGEST_QUESTION,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": "写题目。",
            "max_length": f"题目最多 {LONGEST_QUESTION} 字，现在是 %(show_value)d 字。",
        },
    )
    options = forms.CharField(
        label="选项",
        help_text=f"一行一个，{FEWEST_OPTIONS}—{MOST_OPTIONS} 个。不用写 A、B，页面会自己加。",
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": f"写选项，一行一个，至少 {FEWEST_OPTIONS} 个。"},
    )
    right = forms.ChoiceField(
        label="正确答案",
        help_text="第一行是 A，第二行是 B，往下类推。",
        choices=[(letter, letter) for letter in LETTERS],
        widget=forms.RadioSelect(attrs={"class": "opts-row"}),
        error_messages={"required": "选正确答案。"},
    )
    explanation = forms.CharField(
        label="解析（可不写）",
        max_length=LONGEST_EXPLANATION,
        required=False,
        help_text="交卷以后居民看得到：为什么是这个答案。",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": f"解析最多 {LONGEST_EXPLANATION} 字，现在是 %(show_value)d 字。"},
    )

    def clean_options(self) -> list[str]:
        options = [line.strip() for line in self.cleaned_data["options"].splitlines() if line.strip()]
        if not FEWEST_OPTIONS <= len(options) <= MOST_OPTIONS:
            raise forms.ValidationError(
                f"选项要 {FEWEST_OPTIONS}—{MOST_OPTIONS} 个，一行一个，现在是 {len(options)} 个。"
            )
        long = next((option for option in options if len(option) > LONGEST_OPTION), None)
        if long:
            raise forms.ValidationError(f"选项“{long[:10]}…”太长，最多 {LONGEST_OPTION} 字，现在是 {len(long)} 字。")
        if len(set(options)) < len(options):
            raise forms.ValidationError("选项里有两个一样。请改掉一个。")
        return options

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        options, right = given.get("options"), given.get("right")
        if options and right and right not in LETTERS[: len(options)]:
            self.add_error("right", f"正确答案选了 {right}，可是只有 {len(options)} 个选项。")
        return given

    @property
    def draft(self) -> QuestionDraft:
        return QuestionDraft(**{name: value for name, value in self.cleaned_data.items() if name != "version"})

    @staticmethod
    def told_by(written: Question) -> dict[str, Any]:
        said = {name: getattr(written, name) for name in ("text", "right", "explanation")}
        return said | {"options": "\n".join(written.options), "version": written.round.version}


class QuestionsSheetForm(VersionedForm):
    file = forms.FileField(
        label="填好的表",
        help_text="xlsx，照模板填的。",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": "选一个填好的 xlsx 文件。", "empty": "这个文件是空的。请重新选。"},
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if not (file.name or "").lower().endswith(".xlsx"):
            raise forms.ValidationError("只能导入 xlsx 文件。旧的 xls 请在 Excel 里另存为 xlsx 再传。")
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(f"文件太大，最大 {MOST_BYTES // 1024 // 1024} MB。请删掉图片和多余的表再传。")
        return file
