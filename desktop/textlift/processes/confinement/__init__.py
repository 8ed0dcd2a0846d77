"""What the system keeps a child process from doing, whatever a document or model makes of it."""
