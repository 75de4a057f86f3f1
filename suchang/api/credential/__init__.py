"""The routes of the room credential and the schemas of what they take and answer."""
