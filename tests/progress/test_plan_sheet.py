"""The workbook of an annual plan: template, faults by row and column, preview, and all or nothing."""

import io

import openpyxl
import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile

from progress import plan_sheet
from progress.actions import TaskDraft
from progress.models import PlanMonth, PlanTask
from tests.factories.progress import AnnualPlanFactory, PlanTaskFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]

HEAD = ["任务", "专项推进组", "措施和衡量标准", *(f"{month}月" for month in range(1, 13))]
GROUP = "环境卫生组（示例）"


def book(*rows, head=HEAD):
    made = openpyxl.Workbook()
    for row in (head, *rows):
        made.active.append(row)
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


def row(content="清运垃圾", group=GROUP, measure="", **targets):
    return [content, group, measure, *(targets.get(f"m{month}") for month in range(1, 13))]


def faults(content):
    return [(fault.row, fault.column, fault.message) for fault in plan_sheet.read(content).faults]


def test_the_template_offers_the_groups_and_what_it_holds_is_read_back(group):
    drafts = [
        TaskDraft(group, "清运垃圾", "=当天清完", {1: "4 次", 12: "+5 次"}),
        TaskDraft(group, "清雪", "", {2: "2 次"}),
    ]
    written = plan_sheet.workbook(drafts)
    read = plan_sheet.read(written)

    assert (read.drafts, read.faults) == (drafts, [])
    opened = openpyxl.load_workbook(io.BytesIO(written))
    choice = opened["年度计划"].data_validations.dataValidation[0]
    assert (str(choice.sqref), choice.formula1) == ("B2:B62", "说明!$D$2:$D$2")
    assert opened["说明"]["D2"].value == GROUP
    # Nothing in it becomes a formula in somebody's Excel.
    assert opened["年度计划"]["C2"].value == "'=当天清完"


def test_the_empty_template_says_how_and_imports_nothing(group):
    assert faults(plan_sheet.workbook([])) == [(0, "", "表里没有任务。从第 2 行起一行写一项。")]


def test_every_fault_is_told_with_its_row_and_column(group):
    wrong = book(
        row(m1="4 次"),
        row(content="", group="环卫组", m1="4 次"),
        row(content="雪" * 81, m1="次" * 101),
        row(content="清雪"),
        row(m3="5 次"),
        row(content="除草", group=None, m6=3),
    )
    assert faults(wrong) == [
        (3, "任务", "不能空着。写明任务，例如：清运无物业楼院垃圾。"),
        (3, "专项推进组", "没有叫“环卫组”的专项推进组。请从下拉列表里选。"),
        (4, "任务", "太长了，有 81 个字，最多 80 个。请写短些。"),
        (4, "1月", "太长了，有 101 个字，最多 100 个。请写短些。"),
        (5, "1月—12月", "一个月的目标也没有。至少写一个月。"),
        (6, "任务", "和上面一行的任务重复了。请并成一行。"),
        (7, "专项推进组", "不能空着。请从下拉列表里选。"),
    ]
    assert faults(book(row(m1="1"), head=[*HEAD[:-1], "十二月"])) == [
        (1, "十二月", "模板里没有这一列。请删掉，或者改成模板里的列名。"),
        (1, "12月", "缺这一列。请加上，可以照模板填。"),
    ]
    assert faults(b"PK not a workbook")[0][2].startswith("xlsx 文件打不开")
    assert faults(book(*(row(content=f"任务 {n}", m1="1 次") for n in range(61)))) == [
        (62, "", "最多 60 项任务，现在是 61 项。相近的可以并成一项。")
    ]


@pytest.fixture
def plan(liaison, client, group):
    client.force_login(liaison)
    plan = AnnualPlanFactory(unit=liaison.unit)
    PlanTaskFactory(plan=plan, group=group, content="原有的任务", targets={1: "1 次"})
    return plan


def send(client, plan, content, name="plan.xlsx"):
    file = SimpleUploadedFile(name, content)
    answer = client.post(f"{plan.get_absolute_url()}import/", {"file": file})
    return answer, BeautifulSoup(answer.content, "html.parser")


def test_one_fault_and_nothing_is_imported(client, plan):
    answer, page = send(client, plan, book(row(m1="4 次"), row(content="清雪")))

    assert answer.status_code == 422
    assert page.select_one("#error-summary h2").text == "有 1 处要改，一项也没有导入"
    assert [cell.text for cell in page.select(".import-faults td")] == [
        "3",
        "1月—12月",
        "一个月的目标也没有。至少写一个月。",
    ]
    assert PlanTask.objects.get().content == "原有的任务"


def test_what_the_preview_showed_takes_the_place_of_the_draft(client, plan):
    answer, page = send(
        client, plan, book(row(measure="当天\n清完", m1="4 次", m2="5 次"), row(content="清雪", m12="2 次"))
    )
    assert answer.status_code == 200
    assert PlanTask.objects.get().content == "原有的任务"
    assert "会换掉现在的计划" in page.text
    sealed = page.select_one("[name=sealed]")["value"]

    confirmed = client.post(f"{plan.get_absolute_url()}import/confirm/", {"sealed": sealed})
    assert confirmed.headers["Location"] == plan.get_absolute_url()
    assert list(PlanTask.objects.order_by("pk").values_list("content", "measure")) == [
        ("清运垃圾", "当天 清完"),
        ("清雪", ""),
    ]
    assert list(PlanMonth.objects.order_by("task", "month").values_list("month", "target")) == [
        (1, "4 次"),
        (2, "5 次"),
        (12, "2 次"),
    ]
    # The same confirmation once more finds a plan that has changed since.
    assert client.post(f"{plan.get_absolute_url()}import/confirm/", {"sealed": sealed}).status_code == 409


def test_a_preview_of_another_plan_or_a_changed_one_is_not_taken(client, plan):
    _, page = send(client, plan, book(row(m1="4 次")))
    sealed = page.select_one("[name=sealed]")["value"]
    other = AnnualPlanFactory(unit=plan.unit, year=2027)
    for target, sent in ((other, sealed), (plan, sealed[:-1] + "x")):
        answer = client.post(f"{target.get_absolute_url()}import/confirm/", {"sealed": sent})
        assert answer.headers["Location"] == f"{target.get_absolute_url()}import/"
    assert PlanTask.objects.get().content == "原有的任务"
    answer, page = send(client, plan, b"x", name="plan.xls")
    assert page.select_one(".field-error").text.strip().startswith("只能导入 xlsx 文件")
