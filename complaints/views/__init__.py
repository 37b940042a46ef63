from complaints.views.intake import add_photo, new, new_step, receipt, receipt_picture, remove_photo
from complaints.views.photos import photo
from complaints.views.staff import case, move, queue, reveal_contact
from complaints.views.tracking import rate, track, tracked

__all__ = [
    "add_photo",
    "case",
    "move",
    "new",
    "new_step",
    "photo",
    "queue",
    "rate",
    "receipt",
    "receipt_picture",
    "remove_photo",
    "reveal_contact",
    "track",
    "tracked",
]
