"""Child processes that answer typed messages: the frames, the child's loop, the parent's grip."""
