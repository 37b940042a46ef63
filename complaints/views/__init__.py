from complaints.views.draft_photos import add_photo, remove_photo
from complaints.views.following import alike_cases, follow
from complaints.views.hotline import hotline, hotline_grids, hotline_hints
from complaints.views.intake import new, new_step
from complaints.views.own_data import erase_own_data, own_data
from complaints.views.photos import photo, small_photo
from complaints.views.public_cases import published, published_case
from complaints.views.receipt import leave, receipt, receipt_picture
from complaints.views.resident_moves import urge, withdraw
from complaints.views.staff import case, held, move, publish, queue, reveal_contact, tuning, unpublish
from complaints.views.tracking import rate, track, tracked, waiting

__all__ = [
    "erase_own_data",
    "own_data",
    "add_photo",
    "alike_cases",
    "case",
    "follow",
    "held",
    "hotline",
    "hotline_grids",
    "hotline_hints",
    "leave",
    "move",
    "new",
    "new_step",
    "photo",
    "publish",
    "published",
    "published_case",
    "queue",
    "rate",
    "receipt",
    "receipt_picture",
    "remove_photo",
    "reveal_contact",
    "small_photo",
    "track",
    "tracked",
    "tuning",
    "unpublish",
    "urge",
    "waiting",
    "withdraw",
]
