"""Reference implementations of the homework, one module per assignment; the sandbox sees none."""
