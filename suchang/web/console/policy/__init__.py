"""The console of the room policy."""
