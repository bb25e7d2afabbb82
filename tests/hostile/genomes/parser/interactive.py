>>> """Pasted from a session."""
>>> import os
