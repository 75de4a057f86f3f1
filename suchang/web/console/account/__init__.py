"""The console of the room account."""
