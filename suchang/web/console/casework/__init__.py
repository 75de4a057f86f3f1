"""The console of the room casework."""
