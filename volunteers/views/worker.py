from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.access import public

SCRIPT = "dist/patrol-worker.js"


@public
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker of the patrol pages. At the root, since a worker answers only for what lies below it."""
    response = HttpResponse(_script(), content_type="text/javascript; charset=utf-8")
    # Browsers look for a new one whenever a patrol page opens; an old copy in a cache would keep them on it.
    response["Cache-Control"] = "no-cache"
    return response


def _script() -> bytes:
    found = finders.find(SCRIPT)
    if found:
        with open(found, "rb") as file:
            return file.read()
    if staticfiles_storage.exists(SCRIPT):
        with staticfiles_storage.open(SCRIPT) as file:
            return bytes(file.read())
    raise Http404
