"""More than one process: several copies of the app behind nginx."""
