"""A volunteer's own pages: hours and stars, what they signed up for, teams, messages; correct, export, erase."""

import csv
import io
import json

import segno
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.clock import CITY_TIME
from common.sheets import guarded
from volunteers import actions, stats
from volunteers.forms import EraseForm, PersonForm
from volunteers.models import Certificate, Membership, ServiceRecord, SignUp, Team
from volunteers.models.service import as_hours
from volunteers.views.public.caller import Caller, VolunteerRequest, volunteers_only

MESSAGES, RECORDS = 8, 50


@volunteers_only
@require_safe
def me(request: VolunteerRequest) -> HttpResponse:
    now, volunteer = timezone.now(), request.volunteer
    coming = SignUp.objects.standing().filter(volunteer=volunteer, activity__ends_at__gt=now)
    records = ServiceRecord.objects.filter(volunteer=volunteer, minutes__gt=0)
    led = Team.objects.filter(leader=volunteer)
    facts = {
        "volunteer": volunteer,
        "standing": stats.standing(volunteer),
        "coming": coming.select_related("activity").order_by("activity__starts_at"),
        "records": records.select_related("activity", "team").prefetch_related("corrections")[:RECORDS],
        "memberships": Membership.objects.open().filter(volunteer=volunteer).select_related("team__unit"),
        "asked": Membership.objects.asked().filter(team__in=led).select_related("team", "volunteer"),
        "certificates": volunteer.certificates.all(),
        "told": volunteer.messages.all()[:MESSAGES],
    }
    return render(request, "volunteers/public/me.html", facts)


@volunteers_only
@require_http_methods(["GET", "HEAD", "POST"])
def me_edit(request: VolunteerRequest) -> HttpResponse:
    now = timezone.now()
    form = PersonForm(
        request.POST if request.method == "POST" else None,
        initial=PersonForm.told_by(request.volunteer),
        today=now.astimezone(CITY_TIME).date(),
    )
    if form.is_valid():
        try:
            actions.correct(request.volunteer, about=form.about, at=now)
        except actions.TooYoung as refused:
            form.add_error("born_year", refused.message)
        else:
            messages.success(request, "改好了。")
            return redirect("volunteers:me")
    facts = {"form": form, "volunteer": request.volunteer}
    return render(request, "volunteers/public/me_edit.html", facts, status=422 if form.errors else 200)


@volunteers_only
@require_safe
def export(request: VolunteerRequest, kind: str) -> HttpResponse:
    """Everything that is kept of them as JSON, or their hours as a table."""
    told = stats.own_data(request.volunteer)
    if kind == "json":
        body, content_type = json.dumps(told, ensure_ascii=False, indent=2), "application/json"
    else:
        body, content_type = _table(told), "text/csv; charset=utf-8"
    response = HttpResponse(body, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="volunteer-data.{kind}"'
    return response


def _table(told: dict[str, list[dict[str, object]]]) -> str:
    out = io.StringIO()
    # Excel takes it for UTF-8 only with the mark in front.
    out.write("\ufeff")
    rows = csv.writer(out)
    rows.writerow(["日期", "活动", "类型", "队伍", "分钟", "小时"])
    for row in told["服务记录"]:
        rows.writerow([guarded(str(value)) for value in row.values()])
    rows.writerow(["合计", "", "", "", told["合计分钟"], told["合计小时"]])
    return out.getvalue()


@volunteers_only
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: VolunteerRequest) -> HttpResponse:
    caller = Caller(request, at=timezone.now())
    if not caller.proved_lately():
        messages.info(request, "注销前再确认一次是您本人：请重新输入验证码。")
        caller.comes_from(request.path)
        return redirect("volunteers:sign_in")
    form = EraseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        actions.erase(request.volunteer, at=caller.at)
        caller.leaves()
        messages.success(request, "已经注销，您的姓名、手机号等都删掉了。谢谢您做过的事。")
        return redirect("volunteers:home")
    facts = {"form": form, "standing": stats.standing(request.volunteer)}
    return render(request, "volunteers/public/erase.html", facts, status=422 if form.errors else 200)


@volunteers_only
@require_POST
def issue(request: VolunteerRequest) -> HttpResponse:
    return redirect(actions.issue_certificate(request.volunteer, at=timezone.now()))


@volunteers_only
@require_safe
def certificate(request: VolunteerRequest, number: str) -> HttpResponse:
    """One's own certificate, to be printed on A4."""
    shown = get_object_or_404(Certificate, number=number, volunteer=request.volunteer)
    check_url = request.build_absolute_uri(f"{reverse('volunteers:certificates')}?number={shown.number}")
    code = segno.make(check_url, error="m", micro=False)
    svg = code.svg_inline(omitsize=True, border=2, svgclass="qr", lineclass=None)
    facts = {
        "certificate": shown,
        "content": certificate_lines(shown),
        "check_url": check_url.partition("?")[0],
        "qr": mark_safe(svg),  # noqa: S308 -- made of an address of ours by segno
    }
    return render(request, "volunteers/public/certificate.html", facts)


def certificate_lines(shown: Certificate) -> list[dict[str, object]]:
    return [line | {"hours": as_hours(int(line["minutes"]))} for line in shown.content]


@volunteers_only
@require_POST
def join(request: VolunteerRequest, pk: int) -> HttpResponse:
    team = get_object_or_404(Team, pk=pk)
    asked = actions.ask_to_join(team, volunteer=request.volunteer, at=timezone.now())
    said = "您已经是队员了。" if asked.state == Membership.State.MEMBER else "已经提出申请，同意后会告诉您。"
    messages.success(request, f"{team}：{said}")
    return redirect("volunteers:teams_public")


@volunteers_only
@require_POST
def leave(request: VolunteerRequest, pk: int) -> HttpResponse:
    mine = Membership.objects.open().filter(team=pk, volunteer=request.volunteer).first()
    if mine:
        actions.leave_team(mine, at=timezone.now())
        messages.success(request, f"已经退出{mine.team}。做过的时长都还在。")
    return redirect("volunteers:me")


@volunteers_only
@require_POST
def decide(request: VolunteerRequest, pk: int) -> HttpResponse:
    """A team's leader lets somebody in, or not."""
    asked = Membership.objects.filter(team__leader=request.volunteer).select_related("team", "volunteer")
    membership = get_object_or_404(asked, pk=pk)
    accept = request.POST.get("accept") == "1"
    reason = request.POST.get("reason", "")[:100]
    actions.decide(membership, accept=accept, by=request.volunteer, at=timezone.now(), reason=reason)
    messages.success(request, "办好了，本人会收到消息。")
    return redirect("volunteers:me")
