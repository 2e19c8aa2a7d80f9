"""Downloads of learning management systems in, filled grade books and feedback out."""

from adcheck.lms.finding import LAYOUTS, Roster, find
from adcheck.lms.gradebooks import GRADEBOOKS, Filled, Gradebook, export
from adcheck.lms.pages import FeedbackZip, PagesFor, feedback_zip
from adcheck.lms.staging import stage
from adcheck.lms.unpacking import Unpacked, unpack

__all__ = [
    "GRADEBOOKS",
    "LAYOUTS",
    "FeedbackZip",
    "Filled",
    "Gradebook",
    "PagesFor",
    "Roster",
    "Unpacked",
    "export",
    "feedback_zip",
    "find",
    "stage",
    "unpack",
]
