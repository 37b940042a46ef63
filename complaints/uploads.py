"""Take in photos without letting one request fill the disk."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import MemoryFileUploadHandler, TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

View = Callable[..., HttpResponse]


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """Keeps the first PHOTO_MAX_BYTES of a file and only counts the rest: `size` is the file's true size, so that the
    refusal can name it, while the disk is spared."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if start < settings.PHOTO_MAX_BYTES:
            return super().receive_data_chunk(raw_data, start)
        return None


def takes_photos(view: View) -> View:
    """For a view that reads request.FILES. The handlers must be set before anybody reads the body, and the CSRF
    middleware does; so the check is made here, after them."""
    checked = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def bounded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.upload_handlers = [MemoryFileUploadHandler(request), BoundedUploadHandler(request)]
        return checked(request, *args, **kwargs)

    return bounded
