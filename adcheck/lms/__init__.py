"""Downloads of learning management systems in, filled grade books and feedback out."""

from adcheck.lms.finding import LAYOUTS, Roster, find
from adcheck.lms.staging import stage
from adcheck.lms.unpacking import Unpacked, unpack

__all__ = ["LAYOUTS", "Roster", "Unpacked", "find", "stage", "unpack"]
