"""The routes of the room casework and the schemas of what they take and answer."""
