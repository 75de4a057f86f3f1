"""The routes of the room verification and the schemas of what they take and answer."""
