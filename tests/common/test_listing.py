"""Lists to choose from that are kept: what they write, what they accept, and that a change is seen at once."""

import pytest
from django import forms
from django.http import QueryDict

from accounts.listings import unit_listing
from common.listing import Entry, Listing, ListingField, ListingSelect
from grids.listings import community_listing, grid_listing, grids_named
from tests.factories.accounts import UnitFactory
from tests.factories.grids import GridFactory

STREETS = Listing(
    [
        Entry(1, "a", "振兴街", group="城区"),
        Entry(2, 'b"', "<北极>路", group="城区"),
        Entry(3, "c", "旧路", is_offered=False),
    ]
)


class StreetForm(forms.Form):
    street = ListingField(
        lambda: STREETS, required=False, widget=ListingSelect(lambda: STREETS, empty="全部", attrs={"data-submit": ""})
    )


def drawn(query):
    return str(StreetForm(QueryDict(query))["street"])


def test_a_list_is_written_by_groups_without_what_is_not_offered_any_more():
    assert drawn("") == (
        '<select name="street" class="form-select " data-submit="" id="id_street">\n'
        '<option value="" selected>全部</option>\n'
        '<optgroup label="城区">\n<option value="a">振兴街</option>\n'
        '<option value="b&quot;">&lt;北极&gt;路</option>\n</optgroup>\n</select>'
    )


@pytest.mark.parametrize(
    ("query", "chosen"),
    [
        ("street=a", '<option value="a" selected>'),
        ("street=b%22", '<option value="b&quot;" selected>'),
        ("street=c", None),
        ("street=%3Cx%3E", None),
    ],
)
def test_the_choice_that_was_sent_stands_selected_where_it_is_offered(query, chosen):
    selected = [line for line in drawn(query).splitlines() if " selected>" in line]

    assert [line[: len(chosen)] for line in selected] == [chosen] if chosen else selected == []


@pytest.mark.parametrize(("query", "key"), [("street=a", 1), ("street=c", 3), ("", None)])
def test_a_field_gives_the_entry_also_of_what_is_offered_no_more(query, key):
    form = StreetForm(QueryDict(query))

    assert form.is_valid()
    entry = form.cleaned_data["street"]
    assert (entry.key if entry else None) == key


def test_what_is_in_no_list_is_refused():
    form = StreetForm(QueryDict("street=x"))

    assert list(form.errors) == ["street"]


@pytest.mark.django_db
def test_a_list_from_the_database_shows_a_change_at_once():
    unit = UnitFactory(code="U-1", name="城管局")
    assert unit_listing().name(unit.pk) == "城管局"

    type(unit).objects.filter(pk=unit.pk).update(name="城市管理局")

    assert unit_listing().name(unit.pk) == "城市管理局"
    assert unit_listing().name(None) == ""


@pytest.mark.django_db
def test_grids_are_found_by_their_name_their_community_and_their_code():
    here = GridFactory(name="Aurora 小区", community__code="232701100008", community__name="北极社区")
    there = GridFactory(name="阳光小区", community__code="232701100009", community__name="桥南社区")

    assert grids_named("aurora") == grids_named("北极") == grids_named(here.code) == [here.pk]
    assert sorted(grids_named("小区")) == sorted([here.pk, there.pk])
    assert grids_named(here.code[:-1]) == grids_named("北极 阳光") == []


@pytest.mark.django_db
def test_an_ended_grid_keeps_its_name_and_its_community_but_is_not_offered():
    ended = GridFactory(started_on="2024-01-01", ended_on="2025-01-01")

    assert grid_listing().name(ended.pk) == str(ended)
    assert ended.code not in grid_listing().options("")
    assert community_listing().name(ended.community_id) == ended.community.name
