"""The console of the room credential."""
