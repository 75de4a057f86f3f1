"""The console of the room audit."""
