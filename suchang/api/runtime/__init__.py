"""The routes of the room runtime and the schemas of what they take and answer."""
