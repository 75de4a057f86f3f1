"""The console of the room application."""
