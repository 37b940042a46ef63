"""Pages of the test's own that use the map as its contract in assets/js/map.js says."""

from django.http import HttpResponse
from django.template import RequestContext, Template
from django.urls import path

from accounts.access import public
from mohe_portal.urls import urlpatterns as portal_urls

PAGE = """{% extends "base_public.html" %}{% load maps %}
{% block title %}地图{% endblock %}
{% block head %}{% map_assets %}{% endblock %}
{% block content %}<h1>地图</h1>BODY{% endblock %}"""

PICKER = """<form>
  <button type="button" class="btn" data-use-my-position hidden>用我现在的位置</button>
  <button type="button" class="btn" data-clear-position hidden>不标位置</button>
  {% grid_map label="选位置" picker="#lng,#lat" grid_field="#grid" located="#where" %}
  <p class="note" id="where" role="status" hidden></p>
  <input id="lng" name="lng" type="hidden" value="{{ lng }}">
  <input id="lat" name="lat" type="hidden" value="{{ lat }}">
  <label for="grid">网格</label>
  <select id="grid" name="grid"><option value="">不知道</option><option value="232701100002001">001</option>
    <option value="232701100002002">002</option></select>
</form>"""
POINT = """{% grid_map label="案件位置" css="map-low" point=point selected="232701100002001" %}"""


def page(body):
    @public
    def show(request):
        asked = {name: request.GET.get(name, "") for name in ("lng", "lat", "point")}
        return HttpResponse(Template(PAGE.replace("BODY", body)).render(RequestContext(request, asked)))

    return show


urlpatterns = [path("picker/", page(PICKER)), path("point/", page(POINT)), *portal_urls]
