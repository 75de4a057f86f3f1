"""The console of the room runtime."""
