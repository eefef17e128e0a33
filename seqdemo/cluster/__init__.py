"""More than one process: several copies of the app behind nginx, and models that run on Ray Serve."""
