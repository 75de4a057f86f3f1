"""The routes of the room account and the schemas of what they take and answer."""
