"""Files between the preview and its confirmation, kept on the server and shown to nobody but their owner."""

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from grids.importing.reading import Source
from grids.models import CityUpload


@dataclass(frozen=True)
class Upload:
    sources: list[Source]
    gcj02: bool
    created_at: datetime


def keep(sources: Iterable[Source], *, gcj02: bool, by: User, at: datetime) -> None:
    """Keep the files for their owner, in place of those that were waiting."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as into:
        for number, source in enumerate(sources):
            # Numbered, since two files may have the same name; the folder is taken off again below.
            into.writestr(f"{number}/{source.name}", source.content)
    told = {"files": packed.getvalue(), "is_gcj02": gcj02, "created_at": at}
    CityUpload.objects.update_or_create(owner=by, defaults=told)
    CityUpload.objects.filter(created_at__lt=at - CityUpload.KEPT_FOR).delete()


def kept(owner: User, *, at: datetime) -> Upload | None:
    row = CityUpload.objects.filter(owner=owner, created_at__gte=at - CityUpload.KEPT_FOR).first()
    if row is None:
        return None
    with zipfile.ZipFile(io.BytesIO(bytes(row.files))) as packed:
        names = packed.namelist()
        sources = [Source(name.partition("/")[2], packed.read(name)) for name in names]
    return Upload(sources, row.is_gcj02, row.created_at)


def forget(owner: User) -> None:
    CityUpload.objects.filter(owner=owner).delete()
