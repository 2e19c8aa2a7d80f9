"""Reading files, notebooks, folders and zips; `adcheck.submission` is the door."""
