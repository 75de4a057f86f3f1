"""The routes of the room audit and the schemas of what they take and answer."""
