"""The tags that stand on every page: what they write, and that what is kept stays escaped."""

import pytest
from django.template import engines
from django.test import RequestFactory


@pytest.fixture
def written():
    """What a template's text becomes."""
    request = RequestFactory().get("/help/")

    def write(text, **context):
        return engines["django"].from_string(text).render(context, request=request)

    return write


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ('{% icon "plus" %}', '<svg class="i" aria-hidden="true"><use href="/static/img/icons.svg#plus"/></svg>'),
        (
            '{% icon "check" "i-lg" label="都巡了" %}',
            '<svg class="i i-lg" role="img" aria-label="都巡了"><use href="/static/img/icons.svg#check"/></svg>',
        ),
        ('{% light "" "剩 2 天" %}', '<span class="mut">—</span>'),
        ('{% state_badge "nothing" %}', ""),
        ('{% flag_cell "na" %}', '<td class="cell-na">—</td>'),
        ('{% nav_link "help" "帮助" %}', '<a href="/help/" aria-current="page">帮助</a>'),
        ('{% nav_link "privacy" "隐私" %}', '<a href="/privacy/">隐私</a>'),
    ],
)
def test_a_tag_writes(text, html, written):
    assert written(text) == html


def test_a_badge_says_the_name_that_staff_use_or_other_words(written):
    assert "待派遣</span>" in written('{% state_badge "accepted" %}')
    assert "挂账</span>" in written('{% state_badge "suspended" %}')
    assert "正在处理</span>" in written('{% state_badge "handling" label="正在处理" %}')


def test_what_is_kept_of_a_marked_string_is_not_given_for_an_unmarked_one(written):
    marked = written("{% flag \"red\" '<b>1</b>' %}")
    from_a_person = written('{% flag "red" word %}', word="<b>1</b>")

    assert "<b>1</b></span>" in marked
    assert "&lt;b&gt;1&lt;/b&gt;</span>" in from_a_person
