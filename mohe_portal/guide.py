"""The user guide as a page: docs/guide.md, one text for the repository and for those who work with the portal."""

from dataclasses import dataclass, field
from functools import lru_cache

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from accounts.access import staff
from accounts.models import Role
from common.http import Request

GUIDE = settings.BASE_DIR / "docs" / "guide.md"
# The chapters by the heading that opens each.
CHAPTERS = {
    "一、居民": "residents",
    "二、单位联络员": "units",
    "三、创城办": "office",
    "四、指导推进组和督导组": "guidance",
    "五、领导和专项组": "leaders",
    "六、系统管理员": "administrators",
    "时限怎么看": "lights",
}
# Where a role finds its own; whoever is not named works with the office's pages.
CHAPTER_OF = {
    Role.LIAISON: "units",
    Role.GUIDANCE: "guidance",
    Role.LEADER: "leaders",
    Role.GROUP_HEAD: "leaders",
    Role.SUPERVISION: "guidance",
    Role.ADMINISTRATOR: "administrators",
    Role.AUDITOR: "administrators",
    Role.SECURITY: "administrators",
}
# The pictures by the width that ends their name, as scripts/screenshots.py takes them.
PICTURES = {"360": ("360", "740"), "1440": ("1440", "900")}


@dataclass(frozen=True)
class Heading:
    text: str
    anchor: str
    sections: list["Heading"] = field(default_factory=list)


@dataclass(frozen=True)
class Guide:
    contents: list[Heading]
    text: SafeString


@staff
@require_safe
def page(request: Request) -> HttpResponse:
    return render(request, "pages/guide.html", {"guide": written()})


def chapter_of(role: Role) -> str:
    return CHAPTER_OF.get(role, "office")


@lru_cache(maxsize=1)
def written() -> Guide:
    """From the first chapter on: what stands before it is for those who keep the repository."""
    markdown = MarkdownIt("commonmark").enable("table")
    tokens = markdown.parse(GUIDE.read_text())
    first = next(place for place, token in enumerate(tokens) if token.tag == "h2")
    tokens = tokens[first:]
    contents = _contents(tokens)
    for token in tokens:
        for part in token.children or ():
            if part.type == "image":
                _place(part)
    return Guide(contents, mark_safe(markdown.renderer.render(tokens, markdown.options, {})))  # noqa: S308 -- our own text


def _contents(tokens: list[Token]) -> list[Heading]:
    """The headings, each given the anchor that it is reached by."""
    found: list[Heading] = []
    for opened, inside in zip(tokens, tokens[1:], strict=False):
        if opened.type != "heading_open":
            continue
        text = inside.content
        if opened.tag == "h2":
            heading = Heading(text, CHAPTERS[text])
            found.append(heading)
        else:
            chapter = found[-1]
            heading = Heading(text, f"{chapter.anchor}-{len(chapter.sections) + 1}")
            chapter.sections.append(heading)
        opened.attrSet("id", heading.anchor)
    return found


def _place(picture: Token) -> None:
    """The picture's address in the portal, and its size, so that nothing moves when it comes.

    One not yet taken is left out: the words tell the same.
    """
    name = str(picture.attrs["src"]).rpartition("/")[2]
    if not (GUIDE.parent / "img" / "guide" / name).exists():
        picture.type, picture.content, picture.children = "text", "", None
        return
    width, height = PICTURES[name.rpartition("-")[2].partition(".")[0]]
    picture.attrs = {"src": static(f"guide/{name}"), "alt": "", "width": width, "height": height, "loading": "lazy"}
