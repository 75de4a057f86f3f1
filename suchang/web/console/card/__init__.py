"""The console of the room card."""
