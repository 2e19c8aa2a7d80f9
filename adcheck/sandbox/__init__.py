"""Where students' programs run, behind two names: `open_worker` and `Worker.call`."""
