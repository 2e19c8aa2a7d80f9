"""How each system lays out a download of submissions; `adcheck.lms.find` is the door."""
