import io
import zipfile

# The first moment a zip archive can name.
NO_MOMENT = (1980, 1, 1, 0, 0, 0)


def repacked(archive: bytes) -> bytes:
    """The same members in the order of their names, without the moments at which they were written."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist(), key=_place):
            member = zipfile.ZipInfo(name, NO_MOMENT)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 0  # else it says which system this is
            target.writestr(member, source.read(name))
    return out.getvalue()


def _place(name: str) -> tuple[bool, str]:
    """What tells an office file's type stands first: some programs look no further."""
    return name != "[Content_Types].xml", name
