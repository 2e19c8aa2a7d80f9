"""Grading a whole course: many submissions, over any executor, without losing one.

`jobs` grades one student's files, `running` spreads that over processes, `store` keeps what came
of it, and `outputs` writes what people read.
"""
