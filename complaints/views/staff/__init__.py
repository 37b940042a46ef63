from complaints.views.staff.case import case, move
from complaints.views.staff.contact import reveal_contact
from complaints.views.staff.publishing import publish, unpublish
from complaints.views.staff.queue import queue

__all__ = ["case", "move", "publish", "queue", "reveal_contact", "unpublish"]
