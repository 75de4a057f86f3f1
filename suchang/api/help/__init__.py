"""The routes of the room help and the schemas of what they take and answer."""
