"""The console of the room partner."""
