"""The public pages of the room casework."""
